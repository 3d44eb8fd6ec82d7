//! SECURITY LABEL: masks of columns, and the roles that see them.

use crate::access::masks;
use crate::engine::session::Session;
use crate::error::Result;
use crate::syntax::access::Labelled;

impl Session {
    pub(super) async fn label(&mut self, provider: String, object: Labelled, label: Option<String>) -> Result<()> {
        match object {
            Labelled::Role(role) => {
                self.rights()?.require_superuser("permission denied to label a role")?;
                label.as_deref().map_or(Ok(()), masks::check_role_label)?;
                self.change_access(|state| {
                    let masked_by = &mut state.role_mut(&role)?.masked_by;
                    if label.is_some() {
                        masked_by.insert(provider)
                    } else {
                        masked_by.remove(&provider)
                    };
                    Ok(())
                })
            }
            Labelled::Column { table, column } => {
                let (name, provider_of_rows) = self.own_table(&table, "table").await?;
                let mask = label.as_deref().map(masks::expression).transpose()?;
                match &mask {
                    Some(mask) => self.check_mask(&name, provider_of_rows, &column, mask).await?,
                    None => self.check_mask(&name, provider_of_rows, &column, "NULL").await?,
                }
                self.change_access(|state| {
                    state.relation_mut(&name).masks.set(&column, &provider, mask);
                    Ok(())
                })
            }
        }
    }
}
