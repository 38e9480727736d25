//! How values that JSON has no word for are written in the program's own files: for serde's `with`.

/// The name of a column of a schema. By this name, serde does not take it for a borrowed text.
pub type ColumnName = &'static str;

/// Names of columns: those of the schemas, and no others.
pub mod column {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::Table;

    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(name: &str, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(name)
    }

    /// # Errors
    /// Those of the format, and when no table has such a column. The name is not repeated.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
        known(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("no table has such a column"))
    }

    /// The column of any table that is called so.
    pub(super) fn known(name: &str) -> Option<&'static str> {
        let columns = Table::ALL.into_iter().flat_map(Table::schema);
        columns.map(|column| column.name).find(|known| *known == name)
    }
}

/// Lists and sets of names of columns.
pub mod columns {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// # Errors
    /// Those of the format.
    pub fn serialize<C: Serialize, S: Serializer>(names: &C, to: S) -> Result<S::Ok, S::Error> {
        names.serialize(to)
    }

    /// # Errors
    /// Those of the format, and when no table has such a column.
    pub fn deserialize<'de, C: FromIterator<&'static str>, D: Deserializer<'de>>(from: D) -> Result<C, D::Error> {
        let names = Vec::<String>::deserialize(from)?;
        let known = names.iter().map(|name| super::column::known(name));
        known.collect::<Option<C>>().ok_or_else(|| D::Error::custom("no table has such a column"))
    }
}

/// Two numbers, which may be infinite.
pub mod range {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(from: &f64, until: &f64, to: S) -> Result<S::Ok, S::Error> {
        [from.to_string(), until.to_string()].serialize(to)
    }

    /// # Errors
    /// Those of the format, and when they are no numbers.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<(f64, f64), D::Error> {
        let [from, until] = <[String; 2]>::deserialize(from)?;
        let number = |text: &str| {
            let number = text.parse().ok().filter(|number: &f64| !number.is_nan());
            number.ok_or_else(|| D::Error::custom("a bound is no number"))
        };
        Ok((number(&from)?, number(&until)?))
    }
}

/// Maps whose keys are no texts, as pairs.
pub mod pairs {
    use std::collections::HashMap;
    use std::hash::Hash;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// # Errors
    /// Those of the format.
    pub fn serialize<K: Serialize, V: Serialize, S: Serializer>(map: &HashMap<K, V>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    /// # Errors
    /// Those of the format.
    pub fn deserialize<'de, K, V, D>(from: D) -> Result<HashMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Eq + Hash,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}

/// Paths: as texts, or as their bytes where they are none.
pub mod path {
    #[cfg(unix)]
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// A path in a file.
    #[derive(Deserialize, Serialize)]
    #[serde(untagged)]
    pub(super) enum Stored {
        Text(String),
        Bytes(Vec<u8>),
    }

    impl From<&Path> for Stored {
        fn from(path: &Path) -> Self {
            match path.to_str() {
                Some(text) => Self::Text(text.to_owned()),
                None => Self::Bytes(path.as_os_str().as_encoded_bytes().to_vec()),
            }
        }
    }

    impl From<Stored> for PathBuf {
        fn from(stored: Stored) -> Self {
            match stored {
                Stored::Text(text) => text.into(),
                #[cfg(unix)]
                Stored::Bytes(bytes) => std::ffi::OsString::from_vec(bytes).into(),
                // Written elsewhere: it names nothing here either way.
                #[cfg(not(unix))]
                Stored::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
            }
        }
    }

    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        Stored::from(path).serialize(to)
    }

    /// # Errors
    /// Those of the format.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        Stored::deserialize(from).map(PathBuf::from)
    }
}

/// Lists of paths.
pub mod paths {
    use std::path::PathBuf;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::path::Stored;

    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(paths.iter().map(|path| Stored::from(path.as_path())))
    }

    /// # Errors
    /// Those of the format.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
        Ok(Vec::<Stored>::deserialize(from)?.into_iter().map(PathBuf::from).collect())
    }
}
