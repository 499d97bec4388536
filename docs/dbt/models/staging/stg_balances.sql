SELECT stock_position, product, location, lot, owner, package, quantity
FROM {{ source('mesh', 'balances') }}
