{{ config(materialized='table') }}
SELECT date_trunc('month', ordered_at) AS month, sum(total) AS revenue
FROM {{ ref('purchases') }}
GROUP BY 1
