-- question: Which records of CRM, shop and web are the same person?
WITH profiles AS (
    SELECT profile_id, source, record_id, matched_by
    FROM unify_profiles(
        (SELECT contact_id AS id, first_name, last_name, email, normalize_phone(phone, country) AS phone, birth_date, postcode
         FROM crm.contacts),
        (SELECT CAST(customer_id AS text) AS id, first_name, last_name, email, normalize_phone(phone, country) AS phone, birth_date, postcode
         FROM shop.customers),
        (SELECT visitor_id AS id, email FROM web.visitors WHERE email IS NOT NULL),
        sources => ARRAY['crm', 'shop', 'web'])
), records AS (
    SELECT 'crm' AS source, contact_id AS record_id, first_name, last_name, email, city FROM crm.contacts
    UNION ALL
    SELECT 'shop', CAST(customer_id AS text), first_name, last_name, email, city FROM shop.customers
    UNION ALL
    SELECT 'web', visitor_id, NULL, NULL, email, NULL FROM web.visitors
), examples AS (
    -- Two people in all three sources whose names are written differently and who use more than one e-mail.
    SELECT p.profile_id
    FROM profiles AS p
    JOIN records AS r ON r.source = p.source AND r.record_id = p.record_id
    GROUP BY p.profile_id
    HAVING count(*) = 5 AND bool_or(p.source = 'crm') AND bool_or(p.source = 'shop') AND bool_or(p.source = 'web')
       AND min(lower(trim(r.first_name))) < max(lower(trim(r.first_name)))
       AND min(lower(left(r.first_name, 2))) = max(lower(left(r.first_name, 2)))
       AND min(lower(trim(r.email))) < max(lower(trim(r.email)))
    ORDER BY p.profile_id
    LIMIT 2
)
SELECT p.profile_id,
       p.source,
       left(p.record_id, 8) AS record,
       r.first_name,
       r.last_name,
       r.email,
       r.city,
       p.matched_by
FROM examples AS e
JOIN profiles AS p ON p.profile_id = e.profile_id
JOIN records AS r ON r.source = p.source AND r.record_id = p.record_id
ORDER BY p.profile_id, p.source, p.record_id;
