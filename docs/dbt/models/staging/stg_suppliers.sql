SELECT name AS supplier, id AS supplier_id, display_name, active
FROM {{ source('mesh', 'suppliers') }}
