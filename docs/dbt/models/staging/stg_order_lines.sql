SELECT record AS order_name, line_number, id AS line_id, type, product, quantity, received_quantity, billed_quantity,
       coalesce(outstanding_quantity, 0) AS outstanding_quantity, unit_price, untaxed_amount, unit_price_currency AS currency, requested_date, late, days_late
FROM {{ source('mesh', 'orders_lines') }}
