-- question: Which segments bring the revenue?
SELECT segment,
       count(*) AS customers,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent_of_customers,
       sum(monetary) AS revenue,
       round(100.0 * sum(monetary) / sum(sum(monetary)) OVER (), 1) AS percent_of_revenue,
       round(avg(recency_days)) AS days_since_last_order
FROM rfm_score(sales.orders, customer => 'customer_id', at => 'ordered_at', amount => 'total',
               order_id => 'order_id', as_of => '2025-06-30')
GROUP BY segment
ORDER BY revenue DESC;
