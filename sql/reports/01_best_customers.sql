-- question: Who are our best customers?
SELECT r.customer AS customer_id,
       trim(c.first_name) || ' ' || trim(c.last_name) AS name,
       c.country,
       r.frequency AS orders,
       r.monetary AS revenue,
       round(r.recency_days) AS days_since_last_order,
       r.rfm_score,
       r.segment
FROM rfm_score(sales.orders, customer => 'customer_id', at => 'ordered_at', amount => 'total',
               order_id => 'order_id', as_of => '2025-06-30') AS r
JOIN shop.customers AS c ON c.customer_id = r.customer
ORDER BY r.rfm_score DESC, r.monetary DESC
LIMIT 10;
