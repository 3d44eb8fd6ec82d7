-- question: Why do people call, and does it help them?
WITH calls AS (
    SELECT *, lead(started_at) OVER (PARTITION BY customer_id ORDER BY started_at) AS next_call_at
    FROM care.calls
    WHERE customer_id IS NOT NULL AND answered_at IS NOT NULL
)
SELECT coalesce(c.reason, '(not logged)') AS reason,
       count(*) AS calls,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent,
       round(avg(extract(epoch FROM c.ended_at) - extract(epoch FROM c.answered_at)) / 60, 1) AS minutes,
       round(100.0 * sum(CASE WHEN c.resolved THEN 1 ELSE 0 END) / count(*), 1) AS percent_resolved,
       round(100.0 * sum(CASE WHEN c.next_call_at <= c.started_at + interval '7 days' THEN 1 ELSE 0 END) / count(*), 1)
           AS percent_calling_again,
       round(avg(s.score), 2) AS csat
FROM calls AS c
LEFT JOIN care.surveys AS s ON s.call_id = c.call_id
GROUP BY 1
ORDER BY calls DESC;
