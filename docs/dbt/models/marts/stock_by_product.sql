SELECT p.product, p.sku, p.display_name, p.unit_display_name, sum(s.quantity) AS on_hand_quantity, sum(s.available_quantity) AS available_quantity,
       sum(s.quantity * p.cost) AS estimated_value, p.cost_currency AS currency
FROM {{ ref('stg_stock_positions') }} s JOIN {{ ref('stg_products') }} p ON p.product = s.product
WHERE s.in_house
GROUP BY ALL
