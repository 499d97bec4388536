-- What went to a place, less what came from it, is what lies there.
WITH moved AS (
  SELECT product, destination_location AS location, lot, owner_id, destination_package_id AS package_id, quantity FROM {{ ref('stg_events') }}
  UNION ALL
  SELECT product, source_location, source_lot, owner_id, source_package_id, -quantity FROM {{ ref('stg_events') }}
), summed AS (
  SELECT product, location, lot, CASE WHEN owner_id <> 0 THEN 'partners/' || owner_id END AS owner,
         CASE WHEN package_id <> 0 THEN 'packages/' || package_id END AS package, sum(quantity) AS quantity
  FROM moved WHERE quantity IS NOT NULL GROUP BY ALL
)
SELECT coalesce(s.product, b.product) AS product, coalesce(s.location, b.location) AS location, s.quantity AS events_quantity, b.quantity
FROM summed s FULL JOIN {{ ref('stg_balances') }} b
  ON s.product = b.product AND s.location = b.location AND s.lot IS NOT DISTINCT FROM b.lot
  AND s.owner IS NOT DISTINCT FROM b.owner AND s.package IS NOT DISTINCT FROM b.package
WHERE coalesce(s.quantity, 0) <> coalesce(b.quantity, 0)
