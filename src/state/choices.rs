//! Everything that can be undone, in one value. A field that is added here is undone and redone with the others; all
//! that is left to do is to name its change in [`Choices::label_of`].

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::curation::Curation;
use crate::domain::{Duplicates, Packaging, Recipe, format, stored};
use crate::explore::{ColumnLayout, Follow, Query, Selection};
use crate::landing::EngineRun;

use super::{ExportChoices, Label, Shown};

/// The choices as they stand on the screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// How the tables are made.
    pub recipe: Recipe,
    /// The file that the recipe was read from or written to.
    pub file: Option<Arc<RecipeFile>>,
    /// The run on another engine whose tables are shown under its recipe, and not those made here.
    #[serde(skip)]
    pub run: Option<Arc<EngineRun>>,
    /// What the middle of the window shows.
    pub shown: Shown,
    /// What is wanted of the rows of each table.
    #[serde(with = "stored::pairs")]
    pub queries: HashMap<Shown, Query>,
    /// How the columns of each table are arranged.
    #[serde(with = "stored::pairs")]
    pub columns: HashMap<Shown, ColumnLayout>,
    /// The cells that are chosen in each table.
    #[serde(skip)]
    pub selections: HashMap<Shown, Selection>,
    /// Whom all tables are narrowed to.
    pub follow: Option<Follow>,
    /// Whom the page Consent tells about, unless it is whom the tables are narrowed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<Follow>,
    /// Whose recording the page Signals shows, unless it is of whom the tables are narrowed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Follow>,
    /// How the next export is packed.
    pub export: ExportChoices,
}

/// A recipe as it lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipeFile {
    /// Where.
    #[serde(with = "stored::path")]
    pub path: PathBuf,
    /// What it said when it was read or written.
    pub recipe: Recipe,
}

impl RecipeFile {
    /// The name without its folder.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }
}

impl Choices {
    /// What is called the change from these choices to others. None if it is no step to be undone by itself: looking
    /// at something else belongs to the step before it.
    pub fn label_of(&self, to: &Self) -> Option<Label> {
        // Taken apart by name, so that no field is forgotten.
        let Self {
            recipe,
            file,
            run,
            shown,
            queries: _,
            columns: _,
            // Choosing cells is looking, as elsewhere, and so is finding a text: what is undone is a change.
            selections: _,
            follow,
            about: _,
            recorded: _,
            export,
        } = to;
        if let Some(file) = file
            && to.file != self.file
        {
            return Some(Label::new(format!("recipe: {}", file.name())));
        }
        if *run != self.run {
            return Some(Label::new(match run {
                Some(run) => format!("tables of {}", run.title()),
                None => "tables made here".to_owned(),
            }));
        }
        if *follow != self.follow {
            return Some(Label::new(match follow {
                Some(Follow::Person(_)) => "one customer only",
                Some(Follow::Device(_)) => "one device only",
                None => "all customers",
            }));
        }
        if let Some(label) = export_label(&self.export, export) {
            return Some(label);
        }
        if let Some(label) = query_label(&self.query_of(*shown), &to.query_of(*shown)) {
            return Some(label);
        }
        if let Some(change) = self.layout_of(*shown).change_to(&to.layout_of(*shown)) {
            return Some(Label::new(change));
        }
        let mut labels = recipe_labels(&self.recipe, recipe);
        if labels.len() > 1 && *recipe == Recipe::default() {
            return Some(Label::new("recipe: as specified"));
        }
        match labels.len() {
            0 | 1 => labels.pop(),
            _ => Some(Label::new(labels.iter().map(Label::text).collect::<Vec<_>>().join(", "))),
        }
    }

    /// Whether all that is other in these choices can be seen from any page: no rows were narrowed or put in order, no
    /// columns arranged and no export packed in another way.
    pub fn is_seen_anywhere(&self, other: &Self) -> bool {
        let mut tables = self.queries.keys().chain(other.queries.keys());
        self.export == other.export
            && self.columns == other.columns
            && tables.all(|&shown| {
                let (query, others) = (self.query_of(shown), other.query_of(shown));
                query.filters == others.filters && query.sorts == others.sorts
            })
    }

    /// With the page and the texts looked for of others.
    #[must_use]
    pub fn looking_as(self, other: &Self) -> Self {
        let Self { shown, queries, about, recorded, .. } = other.clone();
        Self { shown, queries, about, recorded, ..self }
    }

    /// Whose rows alone are shown; none where all are. What was asked for in SQL is all shown.
    pub fn narrowed_to(&self) -> Option<&Follow> {
        self.follow.as_ref().filter(|_| self.shown != Shown::Sql)
    }

    /// Whom the page Consent tells about.
    pub fn told_about(&self) -> Option<&Follow> {
        self.about.as_ref().or(self.follow.as_ref())
    }

    /// Whose recording the page Signals shows; none where it shows all.
    pub fn whose_recording(&self) -> Option<&Follow> {
        self.recorded.as_ref().or(self.follow.as_ref())
    }

    /// What remains of them when another source is opened: what was chosen among its rows would mean nothing there.
    #[must_use]
    pub fn for_another_source(mut self) -> Self {
        self.shown = self.shown.elsewhere();
        self.queries.clear();
        self.selections.clear();
        (self.follow, self.about, self.recorded) = (None, None, None);
        self.run = None;
        self
    }

    /// The run whose tables are shown: there is one, and its recipe is in force.
    pub fn run_in_force(&self) -> Option<&Arc<EngineRun>> {
        self.run.as_ref().filter(|run| run.recipe == self.recipe)
    }

    /// Whether these are the tables of these choices.
    pub fn are_made(&self, curation: &Curation) -> bool {
        curation.recipe == self.recipe && curation.brought() == self.run_in_force().map(|run| run.title()).as_deref()
    }

    /// Lets go of every selection that would stand for other rows or columns than it did under the choices before.
    pub fn let_go_of_selections(&mut self, before: &Self) {
        let mut selections = std::mem::take(&mut self.selections);
        selections.retain(|shown, _| {
            let has_landed = matches!(shown, Shown::Table(table) if table.dataset().is_some());
            (has_landed || (self.recipe == before.recipe && self.run == before.run))
                && self.follow == before.follow
                && self.query_of(*shown) == before.query_of(*shown)
                && self.layout_of(*shown) == before.layout_of(*shown)
        });
        self.selections = selections;
    }

    /// What is wanted of the table that is shown.
    pub fn query(&self) -> Query {
        self.query_of(self.shown)
    }

    /// How the columns of the table that is shown are arranged.
    pub fn layout(&self) -> ColumnLayout {
        self.layout_of(self.shown)
    }

    /// The cells that are chosen in the table that is shown.
    pub fn selection(&self) -> Option<Selection> {
        self.selections.get(&self.shown).copied()
    }

    fn query_of(&self, shown: Shown) -> Query {
        self.queries.get(&shown).cloned().unwrap_or_default()
    }

    /// How the columns of the table that is shown are arranged until somebody arranges them.
    pub fn usual_layout(&self) -> ColumnLayout {
        self.usual_layout_of(self.shown)
    }

    fn layout_of(&self, shown: Shown) -> ColumnLayout {
        self.columns.get(&shown).cloned().unwrap_or_else(|| self.usual_layout_of(shown))
    }

    /// Where rows were dropped, the consent comes first: it is what one looks for.
    fn usual_layout_of(&self, shown: Shown) -> ColumnLayout {
        match shown {
            Shown::Dropped { .. } => ColumnLayout::led_by(self.recipe.purpose.column()),
            _ => ColumnLayout::default(),
        }
    }

    /// The file that the recipe has its name from. The specification's recipe has its own, unless a file says it.
    pub fn named_file(&self) -> Option<&RecipeFile> {
        let file = self.file.as_deref()?;
        (file.recipe == self.recipe || self.recipe != Recipe::default()).then_some(file)
    }

    /// What the recipe is called: by its file, or as the specification's.
    pub fn recipe_name(&self) -> String {
        self.named_file().map_or_else(|| "specification".to_owned(), RecipeFile::name)
    }

    /// Whether the recipe is another than its name says.
    pub fn is_recipe_changed(&self) -> bool {
        let is_filed = self.file.as_ref().is_some_and(|file| file.recipe == self.recipe);
        !is_filed && self.recipe != Recipe::default()
    }
}

fn export_label(from: &ExportChoices, to: &ExportChoices) -> Option<Label> {
    let ExportChoices { packaging, key, sides } = to;
    let Packaging { tables, leave_out, format, partition, split, windows, time } = packaging;
    let before = &from.packaging;
    Some(if *format != before.format {
        Label::new(format!("export as {}", format.title()))
    } else if *time != before.time {
        Label::new(format!("export: {} time", time.name()))
    } else if *partition != before.partition {
        Label::new(format!("export: folders by {}", partition.name()))
    } else if *tables != before.tables {
        Label::new("export: tables")
    } else if *leave_out != before.leave_out {
        Label::new("export: columns")
    } else if split.is_some() != before.split.is_some() || *sides != from.sides {
        Label::new("export: splits")
    } else if *split != before.split {
        Label::running("export splits", "export: splits")
    } else if windows.is_some() != before.windows.is_some() {
        Label::new("export: windows")
    } else if *windows != before.windows {
        Label::running("export windows", "export: windows")
    } else if *key != from.key {
        Label::new("export: key")
    } else {
        return None;
    })
}

/// The texts of a filter may be personal, so only its column is named.
fn query_label(from: &Query, to: &Query) -> Option<Label> {
    if from.filters != to.filters {
        let changed = to.filters.iter().find(|filter| !from.filters.contains(filter));
        let gone = from.filters.iter().find(|filter| !to.filters.contains(filter));
        return Some(match (changed, gone) {
            (Some(filter), _) if filter.on => Label::new(match filter.test.range_in_words() {
                Some(range) => format!("filter: {} {range}", filter.column),
                None => format!("filter: {}", filter.column),
            }),
            (Some(filter), _) => Label::new(format!("filter off: {}", filter.column)),
            (None, Some(filter)) => Label::new(format!("filter removed: {}", filter.column)),
            (None, None) => Label::new("filters"),
        });
    }
    if from.sorts != to.sorts {
        let names: Vec<&str> = to.sorts.iter().map(|sort| sort.column).collect();
        let text = if names.is_empty() { "not sorted".to_owned() } else { format!("sorted by {}", names.join(", ")) };
        return Some(Label::new(text));
    }
    None
}

fn recipe_labels(from: &Recipe, to: &Recipe) -> Vec<Label> {
    let Recipe { purpose, consent_date, as_of, duplicates, join, tolerance_ms, withdrawn, owners, checks } = to;
    let mut labels = vec![];
    if *purpose != from.purpose {
        labels.push(Label::new(format!("purpose: {}", purpose.name())));
    }
    if *consent_date != from.consent_date {
        labels.push(Label::new(if *consent_date {
            "only motions after consent: on"
        } else {
            "only motions after consent: off"
        }));
    }
    if *as_of != from.as_of {
        let day = as_of.and_then(format::utc);
        labels.push(Label::running(
            "as of",
            day.map_or_else(|| "as of now".to_owned(), |day| format!("as of {day} UTC")),
        ));
    }
    if *withdrawn != from.withdrawn {
        labels.push(Label::new(format!("{} on the list of withdrawals", format::thousands(withdrawn.len() as u64))));
    }
    if *duplicates != from.duplicates {
        labels.push(Label::new(match duplicates {
            Duplicates::Keep => "duplicates kept",
            Duplicates::Drop => "duplicates dropped",
        }));
    }
    if *join != from.join {
        labels.push(Label::new(format!("join on {}", join.title())));
    }
    if *tolerance_ms != from.tolerance_ms {
        let tolerance = format::thousands((*tolerance_ms).into());
        labels.push(Label::running("tolerance", format!("tolerance: {tolerance} ms")));
    }
    if *owners != from.owners {
        labels.push(Label::new("owners of devices"));
    }
    if *checks != from.checks {
        labels.push(Label::new("checks"));
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{JoinRule, Purpose, Table, TimeRelease};
    use crate::explore::Sort;

    fn label(from: &Recipe, to: &Recipe) -> Option<String> {
        let choices = |recipe: &Recipe| Choices { recipe: recipe.clone(), ..Choices::default() };
        choices(from).label_of(&choices(to)).map(|label| label.text().to_owned())
    }

    fn in_file(recipe: &Recipe) -> Option<Arc<RecipeFile>> {
        Some(Arc::new(RecipeFile { path: PathBuf::from("/some/where/mine.json"), recipe: recipe.clone() }))
    }

    #[test]
    fn every_change_of_the_recipe_has_a_name() {
        let specification = Recipe::default();
        let public = Recipe { purpose: Purpose::Public, ..Recipe::default() };
        let dated = Recipe { consent_date: true, ..Recipe::default() };
        let distinct = Recipe { duplicates: Duplicates::Drop, ..Recipe::default() };
        let owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
        for (from, to, name) in [
            (&specification, &public, "purpose: public"),
            (&specification, &dated, "only motions after consent: on"),
            (&dated, &specification, "only motions after consent: off"),
            (&specification, &distinct, "duplicates dropped"),
            (&distinct, &specification, "duplicates kept"),
            (&specification, &owner, "join on time stamp and owner"),
            (&public, &owner, "purpose: research, join on time stamp and owner"),
        ] {
            assert_eq!(label(from, to).as_deref(), Some(name));
        }
        let both = Recipe { consent_date: true, ..owner };
        assert_eq!(label(&both, &specification).as_deref(), Some("recipe: as specified"));
        assert_eq!(label(&both, &both), None);
    }

    #[test]
    fn looking_elsewhere_is_no_step() {
        let from = Choices::default();
        let to = Choices { shown: Shown::Table(Table::CustomerTrusted), ..Choices::default() };
        assert_eq!(from.label_of(&to), None);
    }

    #[test]
    fn looking_at_a_table_with_another_query_is_no_step() {
        let query = Query { find: "x".to_owned(), ..Query::default() };
        let from = Choices { queries: [(Shown::default(), query)].into(), ..Choices::default() };
        let to = Choices { shown: Shown::Table(Table::CustomerTrusted), ..from.clone() };
        assert_eq!((from.label_of(&to), to.label_of(&from)), (None, None));
    }

    #[test]
    fn a_selection_is_let_go_of_only_where_it_would_mean_other_cells() {
        let (landed, derived) = (Shown::Table(Table::StepTrainerLanding), Shown::Table(Table::StepTrainerTrusted));
        let selection = Selection { anchor: (3, 1), head: (5, 2) };
        let before = Choices { selections: [(landed, selection), (derived, selection)].into(), ..Choices::default() };
        let kept = |change: &dyn Fn(&mut Choices)| {
            let mut after = before.clone();
            change(&mut after);
            after.let_go_of_selections(&before);
            [landed, derived].map(|shown| after.selections.contains_key(&shown))
        };
        assert_eq!(kept(&|_| {}), [true, true]);
        assert_eq!(kept(&|choices| choices.shown = derived), [true, true]);
        assert_eq!(kept(&|choices| drop(choices.queries.insert(derived, Query::default()))), [true, true]);
        let find = Query { find: "x".to_owned(), ..Query::default() };
        assert_eq!(kept(&|choices| drop(choices.queries.insert(derived, find.clone()))), [true, false]);
        let mut pinned = ColumnLayout::default();
        pinned.pin("serialnumber", true);
        assert_eq!(kept(&|choices| drop(choices.columns.insert(landed, pinned.clone()))), [false, true]);
        assert_eq!(kept(&|choices| choices.recipe.consent_date = true), [true, false]);
        assert_eq!(kept(&|choices| choices.follow = Some(Follow::Device("d".to_owned()))), [false, false]);
    }

    #[test]
    fn choosing_cells_and_finding_is_no_step_unless_something_else_takes_it_along() {
        let shown = Shown::default();
        let selection = Selection { anchor: (0, 0), head: (0, 0) };
        let from = Choices::default();
        let to = Choices { selections: [(shown, selection)].into(), ..Choices::default() };
        assert_eq!((from.label_of(&to), to.label_of(&from)), (None, None));
        let find = Query { find: "x".to_owned(), ..Query::default() };
        let narrowed = Choices { queries: [(shown, find)].into(), ..Choices::default() };
        assert_eq!(to.label_of(&narrowed), None, "what is looked for is no step, either");
        let sorted = Query {
            sorts: vec![Sort { column: "birthday", descending: false, nulls_first: false }],
            ..Query::default()
        };
        let sorted = Choices { queries: [(shown, sorted)].into(), ..Choices::default() };
        assert_eq!(to.label_of(&sorted), Some(Label::new("sorted by birthday")));
    }

    #[test]
    fn what_is_changed_for_all_pages_is_seen_from_any_and_what_is_changed_of_one_is_not() {
        let choices = Choices::default();
        let seen = |change: &dyn Fn(&mut Choices)| {
            let mut other = choices.clone();
            change(&mut other);
            (other.is_seen_anywhere(&choices), choices.is_seen_anywhere(&other))
        };
        assert_eq!(seen(&|choices| choices.recipe.consent_date = true), (true, true));
        assert_eq!(seen(&|choices| choices.follow = Some(Follow::Device("d".to_owned()))), (true, true));
        let query =
            |query: Query| move |choices: &mut Choices| drop(choices.queries.insert(Shown::default(), query.clone()));
        assert_eq!(seen(&query(Query { find: "x".to_owned(), ..Query::default() })), (true, true));
        let sort = Sort { column: "birthday", descending: false, nulls_first: false };
        assert_eq!(seen(&query(Query { sorts: vec![sort], ..Query::default() })), (false, false));
        let mut pinned = ColumnLayout::default();
        pinned.pin("serialnumber", true);
        assert_eq!(seen(&|choices| drop(choices.columns.insert(Shown::default(), pinned.clone()))), (false, false));
        assert_eq!(seen(&|choices| choices.export.packaging.time = TimeRelease::Raw), (false, false));
    }

    #[test]
    fn a_recipe_has_the_name_of_its_file_and_says_when_it_differs() {
        let owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
        let named = |recipe: &Recipe, file| {
            let choices = Choices { recipe: recipe.clone(), file, ..Choices::default() };
            (choices.recipe_name(), choices.is_recipe_changed())
        };
        let specification = Recipe::default();
        assert_eq!(named(&specification, None), ("specification".to_owned(), false));
        assert_eq!(named(&owner, None), ("specification".to_owned(), true));
        assert_eq!(named(&owner, in_file(&owner)), ("mine.json".to_owned(), false));
        assert_eq!(named(&owner, in_file(&specification)), ("mine.json".to_owned(), true));
        assert_eq!(named(&specification, in_file(&specification)), ("mine.json".to_owned(), false));
        assert_eq!(named(&specification, in_file(&owner)), ("specification".to_owned(), false));
    }

    #[test]
    fn a_recipe_that_is_opened_is_a_step_even_if_it_says_the_same() {
        let from = Choices::default();
        let to = Choices { file: in_file(&from.recipe), ..Choices::default() };
        assert_eq!(from.label_of(&to), Some(Label::new("recipe: mine.json")));
        assert_eq!(to.label_of(&to), None);
    }
}
