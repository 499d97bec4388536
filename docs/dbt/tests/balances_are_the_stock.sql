-- What the events add up to is Odoo's stock. Where the hospital moves while it is exported,
-- a movement can be known a moment before its stock: it is a warning then.
{{ config(severity='warn') }}
SELECT coalesce(b.stock_position, s.stock_position) AS stock_position, b.quantity AS events_quantity, s.quantity
FROM {{ ref('stg_balances') }} b FULL JOIN {{ ref('stg_stock_positions') }} s ON s.stock_position = b.stock_position
WHERE coalesce(b.quantity, 0) <> coalesce(s.quantity, 0)
