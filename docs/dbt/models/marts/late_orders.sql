SELECT o.order_name, o.number, s.display_name AS supplier_display_name, o.expected_date, o.days_late, o.total_amount, o.currency
FROM {{ ref('stg_orders') }} o JOIN {{ ref('stg_suppliers') }} s ON s.supplier = o.supplier
WHERE o.late
