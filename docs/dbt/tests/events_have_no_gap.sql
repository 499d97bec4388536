-- Events are numbered without a gap: between two that are there, none is missing.
SELECT event FROM (SELECT event, lag(event) OVER (ORDER BY event) AS before FROM {{ ref('stg_events') }})
WHERE before IS NOT NULL AND event <> before + 1
