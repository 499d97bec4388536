SELECT name AS order_name, id AS order_id, number, supplier, state, order_time, expected_date, late, days_late,
       total_amount, total_amount_currency AS currency, receipt_status, invoice_status
FROM {{ source('mesh', 'orders') }}
