SELECT name AS product, id AS product_id, sku, display_name, gtin, kind, tracking, active,
       cost, cost_currency, base_unit_name AS unit, base_unit_display_name AS unit_display_name
FROM {{ source('mesh', 'products') }}
