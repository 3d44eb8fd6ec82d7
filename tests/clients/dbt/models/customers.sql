{{ config(materialized='view') }}
SELECT customer_id, count(*) AS orders, sum(total) AS revenue
FROM {{ ref('purchases') }}
WHERE customer_id IS NOT NULL
GROUP BY customer_id
