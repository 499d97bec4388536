SELECT name AS location, id AS location_id, complete_name, usage, active
FROM {{ source('mesh', 'locations') }}
