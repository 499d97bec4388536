SELECT name AS lot, id AS lot_id, product, lot_number, expiration_date, hold_state
FROM {{ source('mesh', 'lots') }}
