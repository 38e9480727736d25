//! Every check passes where it should, fails where it should, and says so where it cannot be computed; and whatever is done
//! wrongly in the pipeline makes one fail.

use serde_json::{Value, json};
use stedi_workbench::curation::{Curation, curate_by};
use stedi_workbench::domain::{
    CheckGroup, CheckId, CheckOverride, CheckRule, CheckVerdict, Duplicates, JoinRule, Operation, Plan, Progress,
    Purpose, Recipe, Severity, Table, Withdrawn,
};
use stedi_workbench::landing::Landing;
use stedi_workbench::review::{Check, Expected, Review, review};

use crate::curation::{curated, landing};
use crate::support::{checkout, real_data, sample_data, write};

/// Landing records made by hand, a recipe and what goes wrong with it.
struct World {
    customers: Vec<Value>,
    motions: Vec<Value>,
    distances: Vec<Value>,
    /// More files, by their paths.
    files: Vec<(&'static str, String)>,
    recipe: Recipe,
    /// Made by another plan than the recipe's.
    plan: Option<Plan>,
    /// Spoils what was read or made.
    spoil: fn(&mut Landing, &mut Curation),
    expected: Expected,
}

/// The first instant of the first session, in milliseconds.
const START: i64 = 1_655_564_000_000;
const INSTANTS: i64 = 12;

fn customer(number: i64) -> Value {
    json!({
        "customerName": format!("name {number}"),
        "email": format!("c{number}@example.com"),
        "phone": format!("phone {number}"),
        "birthDay": format!("1990-01-0{number}"),
        "serialNumber": format!("s{number}"),
        "registrationDate": START - 9_000_000 + number,
        "lastUpdateDate": START - 8_000_000 + number,
        "shareWithResearchAsOfDate": START - 7_000_000 + number,
        "shareWithPublicAsOfDate": START - 6_000_000 + number,
        "shareWithFriendsAsOfDate": START - 5_000_000 + number,
    })
}

/// The instants of different customers are never the same.
fn at(number: i64, instant: i64) -> i64 {
    START + number * 7 + instant * 3_000
}

fn motion(number: i64, at: i64, value: f64) -> Value {
    json!({ "user": format!("c{number}@example.com"), "timestamp": at, "x": value, "y": -value, "z": value / 2.0 })
}

fn distance(number: i64, at: i64, value: i64) -> Value {
    json!({ "sensorReadingTime": at, "serialNumber": format!("s{number}"), "distanceFromObject": value })
}

impl World {
    /// Three customers who agreed, with a session each: nothing is wrong.
    fn sound() -> Self {
        let numbers = 1..=3;
        let sessions = || numbers.clone().flat_map(|number| (0..INSTANTS).map(move |instant| (number, instant)));
        Self {
            customers: numbers.clone().map(customer).collect(),
            motions: sessions().map(|(n, i)| motion(n, at(n, i), (n * 100 + i) as f64 / 64.0)).collect(),
            distances: sessions().map(|(n, i)| distance(n, at(n, i), 200 + n * 13 + i)).collect(),
            files: vec![],
            recipe: Recipe::default(),
            plan: None,
            spoil: |_, _| {},
            expected: Expected::default(),
        }
    }

    fn made(&self) -> (Landing, Curation) {
        let folder = tempfile::tempdir().unwrap();
        let lines = |records: &[Value]| records.iter().map(|record| format!("{record}\n")).collect::<String>();
        for (name, records) in
            [("customer", &self.customers), ("accelerometer", &self.motions), ("step_trainer", &self.distances)]
        {
            write(folder.path(), &format!("{name}/landing/a.json"), lines(records));
        }
        for (name, content) in &self.files {
            write(folder.path(), name, content);
        }
        let mut landing = landing(folder.path());
        let plan = self.plan.clone().unwrap_or_else(|| Plan::new(&self.recipe));
        let mut curation = curate_by(&landing, &self.recipe, &plan, &Progress::default()).unwrap();
        (self.spoil)(&mut landing, &mut curation);
        (landing, curation)
    }

    fn review(&self) -> Review {
        let (landing, curation) = self.made();
        review(&landing, &curation, Some(&self.expected), &Progress::default()).unwrap()
    }

    /// Takes everything out that looks at consent.
    fn without_consent(mut self) -> Self {
        self.customers[0]["shareWithResearchAsOfDate"] = Value::Null;
        let mut plan = Plan::new(&self.recipe);
        for definition in &mut plan.tables {
            definition.steps.retain(|step| !asks_for_consent(&step.operation));
        }
        self.plan = Some(plan);
        self
    }
}

fn asks_for_consent(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::KeepPresent(_)
            | Operation::KeepUpTo(..)
            | Operation::KeepMatching { other: Table::CustomerTrusted | Table::CustomerCurated, .. }
    )
}

/// Nothing but a record that cannot be read.
fn empty() -> World {
    let files = vec![("customer/landing/b.json", "{\"email\": }\n".to_owned())];
    World { customers: vec![], motions: vec![], distances: vec![], files, ..World::sound() }
}

/// A world in which a check does not pass. There is one for each, or this does not compile.
fn broken(id: CheckId) -> World {
    let mut world = World::sound();
    match id {
        CheckId::RecordsReconciled => world.spoil = |landing, _| landing.files[0].rows += 1,
        CheckId::StagesReconciled => world.spoil = |_, curation| curation.counts[0].rows += 1,
        CheckId::RecordsRefused => world.files.push(("customer/landing/b.json", "{\"email\": \n".to_owned())),
        CheckId::FilesUnread => world.files.push(("customer/landing/b.json", String::new())),
        CheckId::RecountCustomerTrusted
        | CheckId::RecountAccelerometerTrusted
        | CheckId::RecountStepTrainerTrusted
        | CheckId::RecountCustomerCurated
        | CheckId::RecountMachineLearning
        | CheckId::ConsentOfCustomers
        | CheckId::ConsentOfMotions
        | CheckId::ConsentOfDistances
        | CheckId::ConsentOfPairedMotions
        | CheckId::ConsentOfPairedDistances => world = world.without_consent(),
        CheckId::EmailsUnique => world.customers[1]["email"] = json!("c1@example.com"),
        CheckId::SerialNumbersUnique => world.customers[1]["serialNumber"] = json!("s1"),
        CheckId::SerialNumbersPresent => world.customers[1]["serialNumber"] = Value::Null,
        CheckId::ValuesPresent => world.customers[1]["phone"] = json!(" "),
        CheckId::MotionsWithoutCustomer => world.motions.push(motion(8, at(8, 0), 1.0)),
        CheckId::CustomersWithoutMotions => world.customers.push(customer(4)),
        CheckId::DistancesWithoutCustomer => world.distances.push(distance(8, at(8, 0), 250)),
        CheckId::CustomersWithoutDistances => world.customers.push(customer(4)),
        CheckId::DistancesWithoutMotion => world.distances.push(distance(1, at(1, 3) + 1, 250)),
        CheckId::MotionsWithoutDistance => world.motions.push(motion(1, at(1, 3) + 1, 1.0)),
        CheckId::FanOut | CheckId::MotionsAtOneInstant => {
            world.motions.extend((0..40).map(|more| motion(1, at(1, 3), 10.0 + f64::from(more))));
        }
        CheckId::ForeignPairs => world.motions.push(motion(2, at(1, 3), 1.0)),
        CheckId::UnknownOwnerPairs => {
            world.distances.push(distance(8, at(1, 3), 250));
            let mut plan = Plan::new(&world.recipe);
            plan.tables.iter_mut().for_each(|it| {
                if it.table == Table::StepTrainerTrusted {
                    it.steps.clear();
                }
            });
            world.plan = Some(plan);
        }
        CheckId::ConsentOfSharedDevices => {
            world.customers[1]["serialNumber"] = json!("s1");
            world.customers[1]["shareWithResearchAsOfDate"] = Value::Null;
        }
        CheckId::ConsentBeforeReading => {
            world.customers[0]["shareWithResearchAsOfDate"] = json!(at(1, 6));
            world.recipe.consent_date = true;
            world.plan = Some(Plan::new(&Recipe::default()));
        }
        CheckId::WithdrawnGone => {
            world.recipe.withdrawn = Withdrawn::parse("c1@example.com").unwrap();
            world.plan = Some(Plan::new(&Recipe::default()));
        }
        CheckId::ConsentBeforeRegistration => {
            world.customers[0]["shareWithResearchAsOfDate"] = json!(START - 10_000_000);
        }
        CheckId::ConsentInFuture => world.customers[0]["shareWithResearchAsOfDate"] = json!(START + 900_000_000),
        CheckId::DuplicateCustomers => world.customers.push(customer(1)),
        CheckId::DuplicateMotions => world.motions.push(world.motions[3].clone()),
        CheckId::DuplicateDistances => world.distances.push(world.distances[3].clone()),
        CheckId::ContradictingDistances => world.distances.push(distance(1, at(1, 3), 999)),
        CheckId::FilesTwice | CheckId::TablesDoubled => {
            let lines = world.distances.iter().map(|record| format!("{record}\n")).collect();
            world.files.push(("step_trainer/landing/b.json", lines));
        }
        CheckId::UnitsMixed => world.motions.push(motion(1, at(1, 3) / 1_000, 1.0)),
        CheckId::MotionsBeforeRegistration | CheckId::DistancesBeforeRegistration => {
            world.customers[0]["registrationDate"] = json!(at(1, 6));
        }
        CheckId::MotionsOutsideSession => world.motions.push(motion(1, at(1, 0) + 90 * 86_400_000, 1.0)),
        CheckId::DistancesOutsideSession => world.distances.push(distance(1, at(1, 0) + 90 * 86_400_000, 250)),
        CheckId::MotionsBackwards => world.motions.reverse(),
        CheckId::DistancesBackwards => world.distances.reverse(),
        CheckId::StreamsApart => {
            for reading in world.distances.iter_mut().filter(|reading| reading["serialNumber"] == "s1") {
                let moved = reading["sensorReadingTime"].as_i64().unwrap() + 86_400_000;
                reading["sensorReadingTime"] = json!(moved);
            }
        }
        CheckId::MotionsStuck => {
            world.motions.extend((0..2_000).map(|instant| motion(1, at(1, INSTANTS + instant), 1.0)));
        }
        CheckId::DistancesStuck => {
            world.distances.extend((0..2_000).map(|instant| distance(1, at(1, INSTANTS + instant), 250)));
        }
        CheckId::MotionsOutOfRange => world.motions.push(motion(1, at(1, 3), 1e7)),
        CheckId::DistancesOutOfRange => world.distances.push(distance(1, at(1, 3), 1_000_000_000)),
        CheckId::DistancesNegative => world.distances.push(distance(1, at(1, 3), -5)),
        CheckId::ValuesNotFinite => {
            let line = "user,timestamp,x,y,z\nc1@example.com,1655564000007,NaN,0,0\n".to_owned();
            world.files.push(("accelerometer/landing/b.csv", line));
        }
        CheckId::UnknownKeys => world.customers[0]["shoeSize"] = json!(43),
        CheckId::ColumnsNull | CheckId::ColumnsConstant => {
            for record in &mut world.customers {
                record["phone"] = if id == CheckId::ColumnsNull { Value::Null } else { json!("0") };
            }
        }
        CheckId::ExpectedCounts => world.expected.set(Table::CustomerTrusted, 7),
    }
    world
}

fn check(review: &Review, id: CheckId) -> &Check {
    review.check(id).unwrap_or_else(|| panic!("{} is not in the list", id.name()))
}

#[test]
fn every_check_passes_on_a_sound_world() {
    let mut world = World::sound();
    world.expected.set(Table::CustomerTrusted, 3);
    let review = world.review();
    assert_eq!(review.checks().len(), CheckId::ALL.len());
    for id in CheckId::ALL {
        let check = check(&review, id);
        assert_eq!(check.verdict, CheckVerdict::Pass, "{}: {} {}", id.name(), check.figure.words, check.words);
        assert!(check.figure.number.is_some_and(|number| number <= check.threshold), "{check:?}");
    }
}

#[test]
fn every_check_fails_or_warns_where_it_should() {
    for id in CheckId::ALL {
        let mut world = broken(id);
        // Whatever its weight is: here it is to close the gate.
        world.recipe.checks.insert(id, CheckOverride { severity: Some(Severity::Fail), threshold: None });
        let review = world.review();
        let check = check(&review, id);
        assert_eq!(check.verdict, CheckVerdict::Fail, "{}: {} {}", id.name(), check.figure.words, check.words);
        assert!(check.figure.number.is_some_and(|number| number > check.threshold), "{check:?}");
        assert!(!check.words.contains('@') && !check.figure.words.contains('@'), "{}: {}", id.name(), check.words);
    }
}

#[test]
fn a_check_that_cannot_be_computed_does_not_pass() {
    let mut world = empty();
    world.expected.set(Table::CustomerTrusted, 0);
    let review = world.review();
    for id in CheckId::ALL {
        let check = check(&review, id);
        if id.about().is_always_computed {
            assert!(check.figure.number.is_some(), "{}", id.name());
        } else {
            assert_eq!(check.verdict, CheckVerdict::Uncomputed, "{}: {}", id.name(), check.words);
            assert!(check.verdict.is_failing() && check.figure.number.is_none());
        }
    }
}

#[test]
fn without_expected_counts_there_is_nothing_to_agree_with() {
    assert!(World::sound().review().check(CheckId::ExpectedCounts).is_none());
}

#[test]
fn weight_and_threshold_are_those_of_the_recipe() {
    let verdict = |change: CheckOverride| {
        let mut world = broken(CheckId::DuplicateMotions);
        world.recipe.checks.insert(CheckId::DuplicateMotions, change);
        check(&world.review(), CheckId::DuplicateMotions).verdict
    };
    let with = |severity, threshold| CheckOverride { severity, threshold };
    assert_eq!(verdict(with(Some(Severity::Fail), None)), CheckVerdict::Fail);
    assert_eq!(verdict(with(Some(Severity::Warn), None)), CheckVerdict::Warn);
    assert_eq!(verdict(with(Some(Severity::Fail), Some(1))), CheckVerdict::Pass);
}

/// The plan of a recipe with a mistake in it.
fn mutations(recipe: &Recipe) -> Vec<(String, Plan)> {
    let mut mutations = vec![];
    let plan = Plan::new(recipe);
    let mut add = |name: String, mutate: &dyn Fn(&mut Plan)| {
        let mut mutated = plan.clone();
        mutate(&mut mutated);
        if mutated != plan {
            mutations.push((name, mutated));
        }
    };
    for (place, definition) in plan.tables.iter().enumerate() {
        let table = definition.table.name();
        add(format!("no consent in {table}"), &|plan| {
            plan.tables[place].steps.retain(|step| !asks_for_consent(&step.operation));
        });
        add(format!("duplicates stay in {table}"), &|plan| {
            plan.tables[place].steps.retain(|step| step.operation != Operation::Distinct);
        });
        add(format!("{table} of the wrong purpose"), &|plan| {
            let wrong = Plan::new(&Recipe { purpose: Purpose::Public, ..recipe.clone() });
            plan.tables[place].clone_from(&wrong.tables[place]);
        });
        add(format!("{table} from the landing table"), &|plan| {
            for step in &mut plan.tables[place].steps {
                if let Operation::Join { other, .. } | Operation::KeepMatching { other, .. } = &mut step.operation {
                    *other = match *other {
                        Table::AccelerometerTrusted => Table::AccelerometerLanding,
                        Table::CustomerTrusted | Table::CustomerCurated => Table::CustomerLanding,
                        other => other,
                    };
                }
            }
            if plan.tables[place].source == Table::StepTrainerTrusted {
                plan.tables[place].source = Table::StepTrainerLanding;
            }
        });
    }
    mutations
}

#[test]
fn whatever_is_done_wrongly_in_the_pipeline_makes_a_check_fail() {
    let data = landing(&sample_data());
    let mut noticed = 0;
    for join in [JoinRule::Timestamp, JoinRule::Owner, JoinRule::InferredOwner, JoinRule::Nearest] {
        for duplicates in [Duplicates::Keep, Duplicates::Drop] {
            let recipe = Recipe { join, duplicates, consent_date: true, ..Recipe::default() };
            let right = review(&data, &curated(&data, &recipe), None, &Progress::default()).unwrap();
            let failing = |review: &Review| -> Vec<CheckId> {
                review.checks().iter().filter(|check| check.verdict.is_failing()).map(|check| check.id).collect()
            };
            let sound = curated(&data, &recipe);
            let before = failing(&right);
            for (name, plan) in mutations(&recipe) {
                let Ok(wrong) = curate_by(&data, &recipe, &plan, &Progress::default()) else { continue };
                if Table::ALL.iter().all(|table| wrong.frame(*table).equals_missing(sound.frame(*table))) {
                    // On these data the mistake makes no difference to any row.
                    continue;
                }
                let after = failing(&review(&data, &wrong, None, &Progress::default()).unwrap());
                assert!(after.iter().any(|id| !before.contains(id)), "{recipe:?}: {name}: {after:?}");
                noticed += 1;
            }
        }
    }
    assert!(noticed >= 40, "only {noticed} mistakes made a difference");
}

#[test]
fn the_real_data_fail_for_foreign_pairs_alone_and_the_owner_rule_repairs_it() {
    let Some(folder) = real_data() else { return };
    let data = landing(&folder);
    let failing = |recipe: Recipe| {
        let review = review(&data, &curated(&data, &recipe), None, &Progress::default()).unwrap();
        let failing = review.checks().iter().filter(|check| check.verdict.is_failing());
        failing.map(|check| (check.id, check.figure.words.clone())).collect::<Vec<_>>()
    };
    let dated = Recipe { consent_date: true, ..Recipe::default() };
    assert_eq!(failing(Recipe::default()), [(CheckId::ForeignPairs, "2,700 of 43,681 rows".to_owned())]);
    // A stranger's distance can be from before its owner's consent, which comes of the same mistake.
    let of_both = [(CheckId::ForeignPairs, "2,412"), (CheckId::ConsentBeforeReading, "184")];
    let of_both = of_both.map(|(id, rows)| (id, format!("{rows} of 34,437 rows")));
    assert_eq!(failing(dated.clone()), of_both);
    for join in [JoinRule::Owner, JoinRule::InferredOwner, JoinRule::Nearest] {
        assert_eq!(failing(Recipe { join, ..Recipe::default() }), []);
        assert_eq!(failing(Recipe { join, ..dated.clone() }), []);
    }
}

/// `docs/checks.md`, which is made from what the checks say of themselves.
fn documented() -> String {
    let mut text = "# The checks\n\nEach has a figure and a threshold: a larger figure fails, or is a warning, which blocks nothing. A check \
                    that cannot be\ncomputed fails. A recipe can change weight and threshold: `\"checks\": {\"fan-out\": \
                    {\"threshold\": 6, \"severity\": \"fail\"}}`.\n"
        .to_owned();
    for group in CheckGroup::ALL {
        text += &format!(
            "\n## {}\n\n| check | more than | is | what it looks at | why |\n|---|---|---|---|---|\n",
            group.title()
        );
        for id in CheckId::ALL.into_iter().filter(|id| id.group() == group) {
            let about = id.about();
            let thumb = if about.is_rule_of_thumb { " (rule of thumb)" } else { "" };
            let is = if about.rule.severity == Severity::Fail { "fails" } else { "warning" };
            let CheckRule { threshold, .. } = about.rule;
            let (name, looks_at, why) = (id.name(), about.looks_at, about.why);
            text += &format!("| `{name}` | {threshold}{thumb} | {is} | {looks_at} | {why} |\n");
        }
    }
    text
}

/// `STEDI_WRITE_DOCS=1` writes it anew.
#[test]
fn the_checks_are_documented_as_they_are() {
    let path = checkout().join("docs/checks.md");
    if std::env::var_os("STEDI_WRITE_DOCS").is_some() {
        std::fs::write(&path, documented()).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == documented(),
        "write docs/checks.md anew with STEDI_WRITE_DOCS=1"
    );
}
