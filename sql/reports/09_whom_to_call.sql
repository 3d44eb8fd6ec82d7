-- question: Which 100 customers should retention call, and what are they worth?
WITH worth AS (
    -- A year's value as expected now, and as it would be for one who is surely still a customer.
    SELECT customer, frequency + 1 AS days_with_orders, p_alive, clv, clv_low, clv_high, clv / p_alive AS clv_if_kept
    FROM clv(sales.orders, customer => 'customer_id', at => 'ordered_at', amount => 'total', as_of => '2025-06-30')
    -- Who is surely here needs no call, and who is long gone will not answer.
    WHERE p_alive BETWEEN 0.25 AND 0.75
)
SELECT w.customer AS customer_id,
       trim(c.first_name) || ' ' || trim(c.last_name) AS name,
       c.country,
       w.days_with_orders,
       round(w.p_alive::numeric, 2) AS p_alive,
       round(w.clv::numeric) AS expected_value,
       round(w.clv_low::numeric) || ' to ' || round(w.clv_high::numeric) AS between,
       round(w.clv_if_kept::numeric) AS value_if_kept,
       round((w.clv_if_kept - w.clv)::numeric) AS value_at_risk
FROM worth AS w
JOIN shop.customers AS c ON c.customer_id = w.customer
ORDER BY w.clv_if_kept - w.clv DESC, w.customer
LIMIT 100;
