-- question: Which months are strong?
WITH months AS (
    SELECT CAST(extract(year FROM ordered_at) AS integer) AS year,
           CAST(extract(month FROM ordered_at) AS integer) AS month,
           sum(total) AS revenue
    FROM sales.orders
    WHERE ordered_at < '2025-01-01'
    GROUP BY 1, 2
)
SELECT month,
       sum(revenue) FILTER (WHERE year = 2023) AS revenue_2023,
       sum(revenue) FILTER (WHERE year = 2024) AS revenue_2024,
       round(100.0 * sum(revenue) / avg(sum(revenue)) OVER ()) AS percent_of_average_month
FROM months
GROUP BY month
ORDER BY month;
