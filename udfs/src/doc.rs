//! Documentation as data: the manual, `\df` and the table of functions are all made from it, so they cannot drift apart.

/// Where a function stands in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A fact about a row.
    Scalar,
    /// A summary of a group.
    Aggregate,
    /// A customer compared with others.
    Window,
    /// A change of grain; stands in `FROM`.
    Table,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Aggregate => "aggregate",
            Self::Window => "window",
            Self::Table => "table",
        }
    }
}

/// What an argument or an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A table name or a parenthesised query.
    Relation,
    /// A query in parentheses of one row, or the name of the table that has it.
    Row,
    /// The name of a column of the relation, as text.
    Column,
    /// Names of columns of the relation, as a list of texts.
    ColumnList,
    Text,
    TextList,
    Integer,
    Double,
    Boolean,
    /// A date, timestamp or timestamptz; a date means the end of that day.
    Time,
    /// A SQL interval or text such as `'90 days'`.
    Interval,
    /// A fitted model: the struct that a `…_fit` aggregate returns.
    Model,
    /// A struct of numbers and booleans, in columns.
    Covariates,
    /// A number of any type, in a column.
    Number,
    /// Anything that has an order and a distance: a number, a date or a timestamp.
    Measure,
    /// A date without a time.
    Date,
    /// A value in a column; the text names its type.
    Value(&'static str),
}

impl Takes {
    /// Whether a table or a query is given.
    pub fn is_relation(self) -> bool {
        matches!(self, Self::Relation | Self::Row)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Relation => "relation",
            Self::Row => "query of one row",
            Self::Column => "column name",
            Self::ColumnList => "column names, text[]",
            Self::Text => "text",
            Self::TextList => "text[]",
            Self::Integer => "integer",
            Self::Double => "double precision",
            Self::Boolean => "boolean",
            Self::Time => "date or timestamp",
            Self::Interval => "interval",
            Self::Model => "model",
            Self::Covariates => "struct of numbers",
            Self::Number => "number",
            Self::Measure => "number or time",
            Self::Date => "date",
            Self::Value(name) => name,
        }
    }
}

/// Whether an argument may be left out, and what stands for it then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    Required,
    /// The default as a user would write it; `NULL` switches the option off.
    Is(&'static str),
}

/// One argument of a function, or one named option of a table function.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    pub name: &'static str,
    pub takes: Takes,
    pub default: Default,
    pub about: &'static str,
}

impl Argument {
    pub const fn required(name: &'static str, takes: Takes, about: &'static str) -> Self {
        Self { name, takes, default: Default::Required, about }
    }

    pub const fn optional(name: &'static str, takes: Takes, default: &'static str, about: &'static str) -> Self {
        Self { name, takes, default: Default::Is(default), about }
    }
}

/// The arguments of one function with those that another has beside them.
pub const fn joined<const A: usize, const B: usize, const N: usize>(first: [Argument; A], more: [Argument; B]) -> [Argument; N] {
    assert!(A + B == N && A > 0);
    let mut all = [first[0]; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < A { first[at] } else { more[at - A] };
        at += 1;
    }
    all
}

/// One column of a table function's result, or the single result of any other function (its name is then empty).
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub data_type: &'static str,
    pub about: &'static str,
}

impl Column {
    pub const fn new(name: &'static str, data_type: &'static str, about: &'static str) -> Self {
        Self { name, data_type, about }
    }
}

/// What a person needs to know to use one function.
#[derive(Clone, Copy, Debug)]
pub struct Doc {
    pub name: &'static str,
    pub kind: Kind,
    /// The chapter of the manual.
    pub topic: &'static str,
    pub summary: &'static str,
    pub arguments: &'static [Argument],
    pub returns: &'static [Column],
    /// NULL, empty input, NaN, ties, units, limits.
    pub notes: &'static str,
    /// Paper and formula, or the definition followed.
    pub source: &'static str,
    /// SQL that runs as it stands.
    pub example: &'static str,
}

impl Doc {
    /// The call as a user types it, for example `rfm_score(rel, customer =>, …, bins => 5)`.
    pub fn signature(&self) -> String {
        let arguments: Vec<String> = self
            .arguments
            .iter()
            .map(|a| match (self.kind, a.takes, a.default) {
                (Kind::Table, Takes::Relation, Default::Required) => a.name.to_string(),
                (Kind::Table, Takes::Relation, Default::Is(_)) if a.name == "relations" => "[rel …]".to_string(),
                (Kind::Table, _, Default::Required) => format!("{} =>", a.name),
                (Kind::Table, _, Default::Is(value)) => format!("{} => {value}", a.name),
                (_, _, Default::Required) => a.name.to_string(),
                (_, _, Default::Is(_)) => format!("[{}]", a.name),
            })
            .collect();
        let over = if self.kind == Kind::Window { " OVER ([PARTITION BY …])" } else { "" };
        format!("{}({}){over}", self.name, arguments.join(", "))
    }

    pub fn option(&self, name: &str) -> Option<&'static Argument> {
        self.arguments.iter().find(|a| a.name == name)
    }

    /// One function as a section of the manual, in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("### `{}`\n\n*{} function.* {}\n\n", self.signature(), self.kind.name(), self.summary);
        if !self.arguments.is_empty() {
            text.push_str("| argument | takes | default | meaning |\n|---|---|---|---|\n");
        }
        for a in self.arguments {
            let default = match a.default {
                Default::Required => "required".to_string(),
                Default::Is(value) => format!("`{value}`"),
            };
            text.push_str(&format!("| `{}` | {} | {default} | {} |\n", a.name, a.takes.name(), a.about));
        }
        if self.kind == Kind::Table {
            text.push_str("\n| column | type | meaning |\n|---|---|---|\n");
            for c in self.returns {
                text.push_str(&format!("| `{}` | {} | {} |\n", c.name, c.data_type, c.about));
            }
        } else {
            for c in self.returns {
                text.push_str(&format!("\nReturns {}: {}\n", c.data_type, c.about));
            }
        }
        if !self.notes.is_empty() {
            text.push_str(&format!("\n{}\n", self.notes));
        }
        if !self.source.is_empty() {
            text.push_str(&format!("\nSource: {}\n", self.source));
        }
        text.push_str(&format!("\n```sql\n{}\n```\n", self.example.trim()));
        text
    }
}
