-- question: Whom are we about to lose, and what revenue goes with them?
WITH last_year AS (
    SELECT customer_id, sum(total) AS revenue
    FROM sales.orders
    WHERE customer_id IS NOT NULL AND ordered_at >= '2024-07-01' AND ordered_at < '2025-07-01'
    GROUP BY customer_id
)
SELECT p.customer AS customer_id,
       trim(c.first_name) || ' ' || trim(c.last_name) AS name,
       p.frequency + 1 AS days_with_orders,
       y.revenue AS revenue_last_year,
       round(p.p_alive::numeric, 2) AS p_alive,
       round(p.churn_prob::numeric, 2) AS churn_prob,
       round(p.churn_prob * CAST(y.revenue AS double precision)) AS revenue_at_risk
FROM churn_prob(sales.orders, customer => 'customer_id', at => 'ordered_at', amount => 'total',
                horizon => '90 days', as_of => '2025-06-30') AS p
JOIN last_year AS y ON y.customer_id = p.customer
JOIN shop.customers AS c ON c.customer_id = p.customer
WHERE p.p_alive BETWEEN 0.25 AND 0.75
ORDER BY revenue_at_risk DESC, p.customer
LIMIT 10;
