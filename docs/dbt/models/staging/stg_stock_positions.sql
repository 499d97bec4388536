SELECT s.name AS stock_position, s.product, s.location, s.lot, s.quantity, s.reserved_quantity, s.available_quantity,
       s.lot_number, s.expiration_date, s.in_house, p.display_name AS product_display_name, l.complete_name AS location_complete_name
FROM {{ source('mesh', 'stock_positions') }} s
LEFT JOIN {{ ref('stg_products') }} p ON p.product = s.product
LEFT JOIN {{ ref('stg_locations') }} l ON l.location = s.location
