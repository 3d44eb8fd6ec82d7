-- The relations of the generated lake (fixture.rs) as PostgreSQL, the oracle, has them: in a database cilake of a superuser cilake.
CREATE SCHEMA sales;
CREATE SCHEMA care;
COMMENT ON SCHEMA sales IS 'Orders and what is in them';
CREATE TABLE public.people (id bigint, name text, email text, born date, active boolean);
CREATE TABLE sales.orders (order_id bigint, customer_id bigint, ordered_at timestamp, total numeric(12,2), channel text);
COMMENT ON TABLE sales.orders IS 'One row an order';
COMMENT ON COLUMN sales.orders.total IS 'Amount paid, in euros';
CREATE TABLE sales.order_lines (order_id bigint, line smallint, product text, quantity integer, price double precision);
CREATE TABLE care.every_type (
  a_boolean boolean, a_smallint smallint, an_integer integer, a_bigint bigint, a_real real, a_double double precision,
  a_numeric numeric(10,3), a_text text, a_bytea bytea, a_date date, a_time time, a_timestamp timestamp,
  a_timestamptz timestamptz, some_text text[], some_integers integer[]);
CREATE VIEW sales.revenue AS SELECT customer_id, sum(total)::numeric(22,2) AS revenue FROM sales.orders GROUP BY customer_id;
ALTER TABLE public.people ADD PRIMARY KEY (id);
ALTER TABLE public.people ADD UNIQUE (email);
ALTER TABLE sales.orders ADD PRIMARY KEY (order_id);
ALTER TABLE sales.orders ADD FOREIGN KEY (customer_id) REFERENCES public.people (id);
ALTER TABLE sales.order_lines ADD PRIMARY KEY (order_id, line);
ALTER TABLE sales.order_lines ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES sales.orders;
