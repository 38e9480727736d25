//! The count doctor: says of each expected count whether it is right, and which known mistake gives a wrong one.

use crate::curation::{Curation, CurationError};
use crate::domain::{Duplicates, Operation, Plan, Progress, Reason, Recipe, Step, Table, TableDefinition};
use crate::landing::Landing;

use super::Expected;
use super::mistakes::{Mistake, Rule, Words, elsewhere, mistakes};

/// What the doctor says of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The table.
    pub table: Table,
    /// The rows that it should have, or that another system reports.
    pub expected: u64,
    /// The rows that it has here.
    pub found: u64,
    /// The mistakes that give the expected count on this data. Where the counts differ, one of them is what happened
    /// there; where they agree, the count does not tell the right rule from these wrong ones.
    pub mistakes: Vec<Diagnosis>,
}

/// A mistake that gives a certain count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What the mistake is called; stays the same from version to version.
    pub id: &'static str,
    /// The mistakes that were made besides, where none alone gives the count: another consent date or join rule.
    pub and: Vec<&'static str>,
    /// What happened, in sentences.
    pub what: String,
    /// What to do about it, in sentences.
    pub todo: String,
    /// The rows that the mistake gives.
    pub count: u64,
}

impl Verdict {
    /// Whether the table has as many rows as expected.
    pub fn agrees(&self) -> bool {
        self.expected == self.found
    }

    /// Whether an agreement proves little, since a wrong rule gives the same count.
    pub fn proves_little(&self) -> bool {
        self.agrees() && !self.mistakes.is_empty()
    }
}

/// Compares every expected count, in the order of the catalog, and looks for the mistakes that give it: each alone, and
/// for a count that none explains, together with another consent date, join rule or both. All rules are counted on the
/// data; no table is made that is larger than what landed. Progress counts rules.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn diagnose(
    landing: &Landing,
    curation: &Curation,
    expected: &Expected,
    progress: &Progress,
) -> Result<Vec<Verdict>, CurationError> {
    let mut verdicts: Vec<Verdict> = expected
        .iter()
        .map(|(table, expected)| Verdict { table, expected, found: curation.rows(table), mistakes: vec![] })
        .collect();
    look(&mut verdicts, &curation.recipe, &[], curation, progress)?;
    for verdict in &mut verdicts {
        let more = simple(verdict.table, landing, curation, progress)?;
        verdict.mistakes.extend(more.into_iter().filter(|diagnosis| diagnosis.count == verdict.expected));
    }
    for (recipe, besides) in elsewhere(&curation.recipe) {
        let (mut open, told): (Vec<_>, Vec<_>) =
            verdicts.into_iter().partition(|verdict| !verdict.agrees() && verdict.mistakes.is_empty());
        if !open.is_empty() {
            let there = curation.keys_by(&Plan::new(&recipe), progress)?;
            look(&mut open, &recipe, &besides, &there, progress)?;
        }
        verdicts = open.into_iter().chain(told).collect();
    }
    verdicts.sort_unstable_by_key(|verdict| verdict.table);
    Ok(verdicts)
}

/// Notes the mistakes under a recipe that give the expected counts; `tables` are those that the recipe makes, and
/// `besides` is what is wrong with the recipe itself.
fn look(
    verdicts: &mut [Verdict],
    recipe: &Recipe,
    besides: &[Words],
    tables: &Curation,
    progress: &Progress,
) -> Result<(), CurationError> {
    let mistakes = mistakes(recipe);
    let (_, total) = progress.read();
    progress.set_total(total + mistakes.len() as u64);
    let right = Plan::new(recipe);
    for mistake in &mistakes {
        progress.check()?;
        let counts = counts(mistake, &right, tables, verdicts, progress)?;
        for verdict in verdicts.iter_mut() {
            let is_it = |(table, count): &&(Table, u64)| *table == verdict.table && *count == verdict.expected;
            if let Some((_, count)) = counts.iter().find(is_it) {
                let words = |of: fn(&Words) -> &'static str, last: &'static str| {
                    besides.iter().map(of).chain([last]).collect::<Vec<_>>()
                };
                verdict.mistakes.push(Diagnosis {
                    id: mistake.id,
                    and: besides.iter().map(|words| words.id).collect(),
                    what: words(|words| words.what, mistake.what).join(" "),
                    todo: words(|words| words.todo, mistake.todo).join(" "),
                    count: *count,
                });
            }
        }
        progress.advance(1);
    }
    Ok(())
}

/// What a mistake counts, for those tables that somebody asks for.
fn counts(
    mistake: &Mistake,
    right: &Plan,
    curation: &Curation,
    verdicts: &[Verdict],
    progress: &Progress,
) -> Result<Vec<(Table, u64)>, CurationError> {
    let is_asked_for = |table: Table| verdicts.iter().any(|verdict| verdict.table == table);
    Ok(match &mistake.rule {
        Rule::Plan(plan) if Table::derived().any(is_asked_for) => {
            let rows = curation.count_all_by(plan, progress)?;
            let changed = changed_tables(plan, right);
            changed.into_iter().map(|table| (table, rows[table.index()])).collect()
        }
        Rule::Definition(definition) if is_asked_for(definition.table) => {
            vec![(definition.table, curation.count_by(definition, progress)?)]
        }
        Rule::Product { made, of: [one, other] } => {
            vec![(*made, curation.rows(*one).saturating_mul(curation.rows(*other)))]
        }
        Rule::Plan(_) | Rule::Definition(_) => vec![],
    })
}

/// The tables that a plan makes in another way, or from tables that it makes in another way. The others are as they
/// should be, so that their counts tell nothing of the mistake.
fn changed_tables(plan: &Plan, right: &Plan) -> Vec<Table> {
    let mut changed = vec![];
    for definition in &plan.tables {
        let is_changed = |table: Table| changed.contains(&table);
        let looks_into = || definition.steps.iter().filter_map(|step| step.operation.other());
        if right.definition(definition.table) != Some(definition)
            || is_changed(definition.source)
            || looks_into().any(is_changed)
        {
            changed.push(definition.table);
        }
    }
    changed
}

/// Mistakes that need no rule: other figures that are at hand.
fn simple(
    table: Table,
    landing: &Landing,
    curation: &Curation,
    progress: &Progress,
) -> Result<Vec<Diagnosis>, CurationError> {
    let rows = curation.rows(table);
    let mut found = vec![];
    let mut add = |id, count, what: String, todo: &str| {
        found.push(Diagnosis { id, and: vec![], what, todo: todo.to_owned(), count });
    };
    for other in Table::ALL.into_iter().filter(|other| *other != table) {
        let todo = "Look which table was counted, and whether a step was left out in between.";
        add("other-table", curation.rows(other), format!("This is the count of {}.", other.name()), todo);
    }
    if rows > 0 {
        const TODO: &str = "Empty the target before each run, or overwrite it: the job appends.";
        add("doubled", rows * 2, "The job was run twice into the same target.".to_owned(), TODO);
        add("tripled", rows * 3, "The job was run three times into the same target.".to_owned(), TODO);
    }
    let steps = curation.count(table).into_iter().flat_map(|count| &count.steps);
    for step in steps.filter(|step| step.reason == Reason::NoConsent && step.dropped > 0) {
        let what = "Those without consent were counted, and those with it left out.".to_owned();
        add("consent-inverted", step.dropped, what, "Turn the condition round: keep the rows whose consent is there.");
    }
    if let Some(dataset) = table.dataset() {
        if landing.refused(dataset) > 0 {
            let count = rows + landing.refused(dataset);
            let todo = "Look at the refused records; other readers make rows of nulls of them.";
            add("refused-counted", count, "Records that cannot be read were counted as rows.".to_owned(), todo);
        }
        let distinct = Step { operation: Operation::Distinct, reason: Reason::Duplicate };
        let distinct = TableDefinition { table, source: table, steps: vec![distinct] };
        let count = curation.count_by(&distinct, progress)?;
        // Where there are none, it is no mistake.
        if count != rows {
            let what = "Rows that are equal in every column were counted once.".to_owned();
            add("duplicates-dropped", count, what, "Count all rows, or drop duplicates here as well.");
        }
    }
    if table == Table::CustomerTrusted {
        let recipe = &curation.recipe;
        // The census knows all records that landed, and no choice that is made later.
        let is_of_all = recipe.duplicates == Duplicates::Keep && recipe.withdrawn.is_empty() && recipe.as_of.is_none();
        let consent = landing.census.consent(recipe.purpose);
        if is_of_all && consent.null + consent.blank + consent.zero > 0 {
            let todo = "Treat null, blank and 0 as no consent, like a key that is absent.";
            let filled = consent.given + consent.blank + consent.zero;
            add("blank-consent-counted", filled, "A blank consent or one of 0 counted as given.".to_owned(), todo);
            let there = filled + consent.null;
            add("null-consent-counted", there, "Every consent whose key is there counted as given.".to_owned(), todo);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{JoinRule, Withdrawn};

    #[test]
    fn every_mistake_is_another_rule_and_is_told_apart() {
        let withdrawn = Withdrawn::parse("ann@example.com").unwrap();
        for recipe in [
            Recipe::default(),
            Recipe {
                consent_date: true,
                duplicates: Duplicates::Drop,
                join: JoinRule::Owner,
                as_of: Some(0),
                withdrawn,
                ..Recipe::default()
            },
        ] {
            let right = Plan::new(&recipe);
            let mut names = BTreeSet::new();
            for mistake in mistakes(&recipe) {
                let table = match &mistake.rule {
                    Rule::Plan(plan) => {
                        assert_ne!(*plan, right, "{}", mistake.id);
                        None
                    }
                    Rule::Definition(definition) => {
                        assert_ne!(Some(definition), right.definition(definition.table), "{}", mistake.id);
                        Some(definition.table)
                    }
                    Rule::Product { made, .. } => Some(*made),
                };
                assert!(names.insert((mistake.id, table)), "{} is there twice", mistake.id);
                assert!(mistake.what.ends_with('.') && mistake.todo.ends_with('.'), "{}", mistake.id);
            }
        }
    }
}
