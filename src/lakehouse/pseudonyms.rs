//! The rows that training sets are made of under the pseudonyms of an export, and the split of each customer as an export gives it.

use super::engine::Engine;
use crate::domain::{Column, Privacy, Split, Table};

/// The view of one row with the inner and the outer pad of the pseudonyms' key (RFC 2104), in the columns `inner_pad` and
/// `outer_pad`. A view and no text: what stands in a statement stands in the plans that Spark keeps.
pub const PADS: &str = "pads";

/// The view of one row with what a customer's hash begins with, and the first places beyond those to test with and beyond those to
/// validate with, in the columns `prefix`, `test` and `validation`.
pub const SHARES: &str = "shares";

/// The view of the customers who hang together with others, and of each the one who speaks for all, in the columns `customer` and
/// `speaker`.
pub const SPEAKERS: &str = "speakers";

/// What the view of a table's whole rows ends with.
pub const WHOLE: &str = "_whole";

/// What gives each customer of a table that training sets are made of a split, as an export does. All read the whole rows, in a view
/// that is called as the table and [`WHOLE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitQueries {
    /// For each device that several customers have, these customers: `customers`.
    pub devices: String,
    /// Pairs of customers with so many readings in common that they are one recording: `one` and `other`.
    pub recordings: String,
    /// The rows under pseudonyms, each with its `split`. It needs the views [`PADS`], [`SHARES`] and [`SPEAKERS`].
    pub rows: String,
}

/// The columns of a table under pseudonyms, as the key of an export makes them: HMAC-SHA-256, which Spark 3.5 has no function
/// for. None for a table that no training set is made of.
pub(super) fn columns(engine: Engine, table: Table) -> Option<String> {
    let leaves = table.schema().iter().any(|column| table.is_internal(column.name));
    if !leaves || engine != Engine::Spark {
        return None;
    }
    let pseudonym = |column: &str, kind: &str| {
        let identity = engine.folded(&format!("r.{}", engine.quoted(column)));
        let text = format!("CAST(concat('{kind}:', {identity}) AS BINARY)");
        let inner = format!("unhex(sha2(concat(p.inner_pad, {text}), 256))");
        let start = &kind[..1];
        format!("concat('{start}_', substring(sha2(concat(p.outer_pad, {inner}), 256), 1, 32)) AS {kind}")
    };
    let columns = table.schema().iter().filter_map(|column| match column.privacy {
        Privacy::Person => Some(pseudonym(column.name, "customer")),
        Privacy::Device => Some(pseudonym(column.name, "device")),
        Privacy::Personal => None,
        Privacy::Open => Some(format!("r.{}", engine.quoted(column.name))),
    });
    Some(columns.collect::<Vec<_>>().join(", "))
}

/// See [`SplitQueries`]; `columns` are those under pseudonyms.
pub(super) fn split(engine: Engine, table: Table, columns: &str) -> Option<SplitQueries> {
    let column_of = |privacy: Privacy| table.schema().iter().find(|column| column.privacy == privacy);
    let folded = |column: &Column| engine.folded(&format!("r.{}", engine.quoted(column.name)));
    let (person, device) = (column_of(Privacy::Person)?, column_of(Privacy::Device)?);
    let (customer, serial) = (folded(person), folded(device));
    let whole = engine.quoted(&format!("{}{WHOLE}", table.name()));
    let known = format!("r.{} IS NOT NULL", engine.quoted(person.name));
    let reading = Split::READING.map(|name| format!("r.{}", engine.quoted(name))).join(", ");
    let (most, least) = (Split::MOST_SHARING, Split::SAME_RECORDING);
    // The first eight bytes of a hash, as digits, tell how far through all customers somebody is.
    let place =
        format!("substring(sha2(concat(s.prefix, CAST(coalesce(g.speaker, {customer}) AS BINARY)), 256), 1, 16)");
    Some(SplitQueries {
        devices: format!(
            "SELECT collect_list(customer) AS customers FROM (\n  SELECT DISTINCT {serial} AS device, {customer} AS customer \
             FROM {whole} r WHERE {known} AND r.{} IS NOT NULL\n)\nGROUP BY device HAVING count(*) > 1",
            engine.quoted(device.name)
        ),
        recordings: format!(
            "WITH shared AS (\n  SELECT sort_array(collect_set({customer})) AS customers FROM {whole} r WHERE {known}\n  \
             GROUP BY {reading} HAVING size(collect_set({customer})) > 1\n),\n\
             pairs AS (\n  SELECT one, other FROM shared\n  \
             LATERAL VIEW posexplode(slice(customers, 1, {most})) a AS place, one\n  \
             LATERAL VIEW explode(slice(customers, place + 2, {most})) b AS other\n)\n\
             SELECT one, other FROM pairs GROUP BY one, other HAVING count(*) >= {least}"
        ),
        rows: format!(
            "SELECT {columns}, CASE WHEN {place} < s.test THEN 'test' WHEN {place} < s.validation THEN 'validation' \
             ELSE 'train' END AS split\n\
             FROM {whole} r CROSS JOIN {PADS} p CROSS JOIN {SHARES} s LEFT JOIN {SPEAKERS} g ON g.customer = {customer}"
        ),
    })
}
