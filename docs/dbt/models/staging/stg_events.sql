SELECT event, type, corrects, source_time, recorded_time, quantity, unit,
       'products/' || product_id AS product, 'lots/' || lot_id AS lot, 'lots/' || source_lot_id AS source_lot, lot_number,
       'locations/' || source_location_id AS source_location, 'locations/' || destination_location_id AS destination_location,
       coalesce(owner_id, 0) AS owner_id, coalesce(source_package_id, 0) AS source_package_id, coalesce(destination_package_id, 0) AS destination_package_id,
       'orders/' || order_id AS order_name, 'receipts/' || receipt_id AS receipt
FROM {{ source('mesh', 'events') }}
