SELECT s.stock_position, s.product, s.product_display_name, s.lot_number, s.expiration_date, s.location_complete_name, s.quantity,
       s.quantity * p.cost AS estimated_value, p.cost_currency AS currency
FROM {{ ref('stg_stock_positions') }} s JOIN {{ ref('stg_products') }} p ON p.product = s.product
WHERE s.in_house AND s.quantity > 0 AND s.expiration_date IS NOT NULL
