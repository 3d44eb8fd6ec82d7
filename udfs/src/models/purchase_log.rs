//! Purchases of many customers, kept as they come, and sorted by customer when they are asked for.
//!
//! Writing them down one after another costs next to nothing, where looking for a customer's last day for every purchase would
//! touch memory all over. It takes 8 bytes a purchase, or 16 with its amount.

/// Purchases in the order in which they came, in blocks, so that a long log is not copied as it grows.
#[derive(Debug, Default)]
pub struct PurchaseLog {
    /// The first customers, already sorted; their purchases come before those in the blocks.
    sorted: SortedPurchases,
    blocks: Vec<Block>,
    /// Customers that are known, with or without a purchase.
    customers: usize,
}

/// Purchases that a block has room for.
const BLOCK: usize = 1 << 14;

#[derive(Debug)]
struct Block {
    customers: Vec<u32>,
    days: Vec<i32>,
    /// As many as days, or none where amounts are not kept.
    amounts: Vec<f64>,
}

impl Block {
    fn new(with_amounts: bool) -> Self {
        let amounts = Vec::with_capacity(if with_amounts { BLOCK } else { 0 });
        Self { customers: Vec::with_capacity(BLOCK), days: Vec::with_capacity(BLOCK), amounts }
    }
}

/// Purchases customer by customer.
#[derive(Debug, Default, PartialEq)]
pub struct SortedPurchases {
    /// Where the purchases of each customer end.
    pub ends: Vec<usize>,
    pub days: Vec<i32>,
    /// As many as days, or none where amounts are not kept.
    pub amounts: Vec<f64>,
}

impl SortedPurchases {
    /// Where the purchases of each customer are.
    pub fn ranges(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| start..*end)
    }

    /// The first `customers`, which this loses.
    fn split_front(&mut self, customers: usize) -> Self {
        let rest = self.ends.split_off(customers.min(self.ends.len()));
        let at = self.ends.last().copied().unwrap_or(0);
        let days = self.days.split_off(at);
        let amounts = self.amounts.split_off(at.min(self.amounts.len()));
        let rest = Self { ends: rest.into_iter().map(|end| end - at).collect(), days, amounts };
        std::mem::replace(self, rest)
    }
}

impl PurchaseLog {
    /// There are at least so many customers from now on.
    pub fn grow_to(&mut self, customers: usize) {
        self.customers = self.customers.max(customers);
    }

    /// Adds a purchase of a customer who is known. All purchases have an amount, or none has one.
    #[inline]
    pub fn add(&mut self, customer: u32, day: i32, amount: Option<f64>) {
        let block = match self.blocks.last_mut() {
            Some(block) if block.days.len() < BLOCK => block,
            _ => self.begin_block(amount.is_some()),
        };
        block.customers.push(customer);
        block.days.push(day);
        if let Some(amount) = amount {
            block.amounts.push(amount);
        }
    }

    #[cold]
    fn begin_block(&mut self, with_amounts: bool) -> &mut Block {
        self.blocks.push(Block::new(with_amounts));
        let last = self.blocks.len() - 1;
        &mut self.blocks[last]
    }

    /// The purchases of all customers; the log is empty afterwards.
    pub fn take(&mut self) -> SortedPurchases {
        self.sort();
        self.customers = 0;
        std::mem::take(&mut self.sorted)
    }

    /// The purchases of the first customers, which leave the log: the numbers of the others fall by as many.
    pub fn take_first(&mut self, customers: usize) -> SortedPurchases {
        self.sort();
        self.customers = self.customers.saturating_sub(customers);
        self.sorted.split_front(customers)
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let SortedPurchases { ends, days, amounts } = &self.sorted;
        let sorted =
            ends.capacity() * size_of::<usize>() + days.capacity() * size_of::<i32>() + amounts.capacity() * size_of::<f64>();
        let in_block = |block: &Block| BLOCK * 2 * size_of::<u32>() + block.amounts.capacity() * size_of::<f64>();
        sorted + self.blocks.first().map_or(0, in_block) * self.blocks.len()
    }

    /// Moves everything into `sorted`, by counting: purchases of one customer stay in their order.
    fn sort(&mut self) {
        let known = self.sorted.ends.len();
        if self.blocks.is_empty() {
            let end = self.sorted.ends.last().copied().unwrap_or(0);
            self.sorted.ends.resize(self.customers.max(known), end);
            return;
        }
        let before = std::mem::take(&mut self.sorted);
        let mut places = vec![0_usize; self.customers.max(known)];
        before.ranges().zip(&mut places).for_each(|(range, count)| *count = range.len());
        let all = self.blocks.iter().flat_map(|block| &block.customers);
        for customer in all {
            if let Some(count) = places.get_mut(*customer as usize) {
                *count += 1;
            }
        }
        let mut total = 0;
        for place in &mut places {
            total += std::mem::replace(place, total);
        }
        let with_amounts = !before.amounts.is_empty() || self.blocks.iter().any(|block| !block.amounts.is_empty());
        let (mut days, mut amounts) = (vec![0; total], vec![0.0; if with_amounts { total } else { 0 }]);
        let mut put = |place: &mut usize, day: i32, amount: Option<&f64>| {
            if let Some(slot) = days.get_mut(*place) {
                *slot = day;
            }
            if let (Some(slot), Some(amount)) = (amounts.get_mut(*place), amount) {
                *slot = *amount;
            }
            *place += 1;
        };
        for (range, place) in before.ranges().zip(&mut places) {
            range.for_each(|at| put(place, before.days[at], before.amounts.get(at)));
        }
        drop(before);
        for block in self.blocks.drain(..) {
            for (at, (customer, day)) in block.customers.iter().zip(&block.days).enumerate() {
                if let Some(place) = places.get_mut(*customer as usize) {
                    put(place, *day, block.amounts.get(at));
                }
            }
        }
        // Each place has moved to the end of its customer.
        self.sorted = SortedPurchases { ends: places, days, amounts };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(log: &SortedPurchases) -> Vec<Vec<(i32, f64)>> {
        log.ranges().map(|range| range.map(|at| (log.days[at], log.amounts[at])).collect()).collect()
    }

    #[test]
    fn purchases_are_sorted_by_customer_in_their_order() {
        let mut log = PurchaseLog::default();
        log.grow_to(4);
        let rows: Vec<(u32, i32, f64)> = (0..100_000).map(|i| (i * 7919 % 3, i as i32 % 1000, f64::from(i))).collect();
        rows.iter().for_each(|(customer, day, amount)| log.add(*customer, *day, Some(*amount)));
        let expected = |customer| rows.iter().filter(|row| row.0 == customer).map(|row| (row.1, row.2)).collect::<Vec<_>>();
        assert_eq!(of(&log.take()), [expected(0), expected(1), expected(2), vec![]]);
        assert_eq!(log.take(), SortedPurchases::default());
    }

    #[test]
    fn customers_leave_from_the_front() {
        let mut log = PurchaseLog::default();
        log.grow_to(3);
        for (customer, day) in [(2, 5), (0, 1), (2, 3), (1, 9)] {
            log.add(customer, day, Some(f64::from(day)));
        }
        assert_eq!(of(&log.take_first(2)), [vec![(1, 1.0)], vec![(9, 9.0)]]);
        // What was customer 2 is customer 0 now.
        log.grow_to(2);
        log.add(1, 7, Some(7.0));
        log.add(0, 4, Some(4.0));
        assert_eq!(of(&log.take_first(1)), [vec![(5, 5.0), (3, 3.0), (4, 4.0)]]);
        assert_eq!(of(&log.take()), [vec![(7, 7.0)]]);
    }
}
