{{ config(materialized='view') }}
SELECT order_id, customer_id, ordered_at, total
FROM {{ source('sales', 'orders') }}
WHERE status = 'completed'
