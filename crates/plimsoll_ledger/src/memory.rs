//! A ledger in memory, for tests.

use crate::{LedgerId, Row, Store, StoreError};

/// Keeps rows as long as it lives.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    id: LedgerId,
    /// The rows. Tests may tamper with them.
    pub rows: Vec<Row>,
}

impl MemoryStore {
    /// An empty ledger of this name.
    pub fn new(id: LedgerId) -> Self {
        Self { id, rows: Vec::new() }
    }
}

impl Store for MemoryStore {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn ledger(&mut self) -> Result<LedgerId, StoreError> {
        Ok(self.id)
    }

    fn rows(
        &mut self,
        from: u64,
        take: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.rows.iter().filter(|row| row.seq >= from).cloned().try_for_each(take)
    }

    fn append(
        &mut self,
        make: &mut dyn FnMut(Option<Row>) -> Result<Vec<Row>, StoreError>,
    ) -> Result<(), StoreError> {
        let rows = make(self.rows.last().cloned())?;
        self.rows.extend(rows);
        Ok(())
    }

    fn missing_guards(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}
