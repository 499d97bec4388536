-- What corrects an event comes behind it.
SELECT event FROM {{ ref('stg_events') }} WHERE corrects >= event
