//! Where Spark's SQL and Athena's differ: quotes, types, division, and texts without the white space around them.

use crate::domain::Kind;

/// An engine of a lake that the plan is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Apache Spark 3.5 and 4, as on Glue, EMR and by itself, in ANSI mode.
    Spark,
    /// Amazon Athena, which is Trino.
    Athena,
}

/// What `str::trim` takes off: the characters that Unicode calls white space, as a class of both engines' regular expressions.
const WHITE_SPACE: &str =
    r"[\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]";

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Spark, Self::Athena];

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Spark => "Spark",
            Self::Athena => "Athena",
        }
    }

    /// A name of a column or table. `user` and `timestamp` are words of the language, so each is quoted.
    pub fn quoted(self, name: &str) -> String {
        match self {
            Self::Spark => format!("`{name}`"),
            Self::Athena => format!("\"{name}\""),
        }
    }

    /// The type of a column.
    pub fn type_name(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (_, Kind::Text) => "string",
            (_, Kind::Integer | Kind::Time) => "bigint",
            (_, Kind::Float) => "double",
        }
    }

    /// A whole number divided by another, what is left over dropped.
    pub(super) fn divided(self, number: &str, by: &str) -> String {
        match self {
            Self::Spark => format!("{number} DIV {by}"),
            Self::Athena => format!("{number} / {by}"),
        }
    }

    /// A text without the white space around it.
    pub(super) fn trimmed(self, text: &str) -> String {
        let pattern = format!(r"\A{WHITE_SPACE}+|{WHITE_SPACE}+\z");
        // In a text of Spark a backslash begins an escape; in one of Athena it stands for itself.
        let pattern = if self == Self::Spark { pattern.replace('\\', r"\\") } else { pattern };
        format!("regexp_replace({text}, '{pattern}', '')")
    }

    /// An identity as [`crate::domain::Withdrawn::folded`] makes it.
    pub(super) fn folded(self, text: &str) -> String {
        format!("lower({})", self.trimmed(text))
    }
}
