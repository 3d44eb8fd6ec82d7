-- question: What did each campaign change, against its control group?
WITH outcomes AS (
    SELECT s.campaign_id, s.contact_id, s.arm, CASE WHEN count(o.order_id) > 0 THEN 1.0 ELSE 0.0 END AS bought
    FROM marketing.sends AS s
    JOIN marketing.campaigns AS c ON c.campaign_id = s.campaign_id
    LEFT JOIN sales.orders AS o
           ON o.customer_id = s.customer_id AND o.total >= 0 AND o.ordered_at >= c.starts_at AND o.ordered_at < c.ends_at
    GROUP BY s.campaign_id, s.contact_id, s.arm
), arms AS (
    SELECT campaign_id,
           count(*) FILTER (WHERE arm = 'treated') AS treated,
           count(*) FILTER (WHERE arm = 'control') AS control,
           avg(bought) FILTER (WHERE arm = 'treated') AS rate_treated,
           avg(bought) FILTER (WHERE arm = 'control') AS rate_control
    FROM outcomes
    GROUP BY campaign_id
)
SELECT c.name AS campaign,
       a.treated,
       a.control,
       round((100 * a.rate_treated)::numeric, 1) AS percent_buying,
       round((100 * a.rate_control)::numeric, 1) AS percent_control,
       round((100 * (a.rate_treated - a.rate_control))::numeric, 1) AS lift_points,
       round((196 * sqrt(a.rate_treated * (1 - a.rate_treated) / a.treated + a.rate_control * (1 - a.rate_control) / a.control))::numeric, 1)
           AS margin_95
FROM arms AS a
JOIN marketing.campaigns AS c ON c.campaign_id = a.campaign_id
ORDER BY a.campaign_id;
