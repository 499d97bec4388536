SELECT s.supplier, s.display_name, l.currency, count(DISTINCT o.order_name) AS orders,
       sum(l.outstanding_quantity / nullif(l.quantity, 0) * l.untaxed_amount)::DECIMAL(28, 9) AS outstanding_amount
FROM {{ ref('stg_order_lines') }} l
JOIN {{ ref('stg_orders') }} o ON o.order_name = l.order_name
JOIN {{ ref('stg_suppliers') }} s ON s.supplier = o.supplier
WHERE l.outstanding_quantity > 0
GROUP BY ALL
