//! What an engine does not do as the workbench does, said when the recipe is chosen and not when the job fails.

use super::engine::Engine;
use crate::domain::format::thousands;
use crate::domain::{Duplicates, JoinRule, Recipe};

/// What has to be known of a recipe on an engine, a sentence or two each. They name nobody.
pub fn limits(recipe: &Recipe, engine: Engine) -> Vec<String> {
    let mut limits: Vec<String> = vec![];
    let mut say = |words: &str| limits.push(words.to_owned());
    match engine {
        Engine::Spark => {
            say("The tables have the same rows as here, but in no order.");
            say(
                "A record that the workbench would refuse or mend stops the job before it writes; `--check-only` looks for \
                 them alone. Keys have to be spelled as the feed spells them, one record a line, plain or as .gz.",
            );
            say(
                "Reviews, and training sets with windows, strata and hidden times, are made here, by `review` and `export`. With \
                 `--key` the job adds the machine-learning table under the pseudonyms of an export, with its instants as they \
                 landed, and with `--split 80,10,10` and `--seed` the split of each customer as an export gives it.",
            );
            if recipe.join == JoinRule::InferredOwner && recipe.owners.most_offset_ms > 0 {
                say(
                    "Where devices have no owner with the clocks as they are, other offsets are tried, and every executor holds the \
                     instants of all phones for that: about 30 bytes for each accelerometer reading. With \
                     `\"most_offset_ms\": 0` in the recipe no offset is tried.",
                );
            }
        }
        Engine::Athena => {
            say(
                "Athena refuses nothing: let the job look at the landing files first (`--check-only`). Row counts through the JSON \
                 SerDe are those of the lines that it understands.",
            );
            say(
                "Athena has no pointer to switch: its queries are for looking and comparing, the tables are made by the job.",
            );
            say("Athena makes no pseudonyms, as its queries would hold the key; the job does, with `--key`.");
            if recipe.join == JoinRule::InferredOwner {
                say(
                    "Athena cannot infer owners: its queries read the table `owners` that the job leaves in its run folder.",
                );
            }
            if !recipe.withdrawn.is_empty() {
                say(
                    "Athena lowers letters one by one, so that an entry of the list with İ or a Σ at the end of a word may not be \
                     found there.",
                );
            }
        }
    }
    if recipe.duplicates == Duplicates::Drop {
        say("Of rows that are equal but for the sign of a zero, either may stay.");
    }
    if recipe.join == JoinRule::Timestamp {
        say("A join that makes far too many rows is foreseen and refused here, but not there. Count here first.");
    }
    if !recipe.withdrawn.is_empty() {
        let entries = thousands(recipe.withdrawn.len() as u64);
        limits.push(format!(
            "recipe.json holds who withdrew ({entries} entries): keep it where the landing files may be kept."
        ));
    }
    if !recipe.owners.decisions.is_empty() {
        limits.push(
            "recipe.json holds decisions about owners, which name people: keep it where the landing files may be kept."
                .into(),
        );
    }
    limits
}

/// What has to be known of a recipe over Spark Connect, before anything is asked of the server. They name nobody.
pub fn limits_over_connect(recipe: &Recipe) -> Vec<String> {
    let mut limits = vec![
        "The tables have the same rows as here, but in no order. A record that would be refused or mended here stops the work \
         before anything is written."
            .to_owned(),
        "Files and folders whose names begin with _ or . are not seen there.".to_owned(),
    ];
    if recipe.duplicates == Duplicates::Drop {
        limits.push("Of rows that are equal but for the sign of a zero, either may stay.".to_owned());
    }
    if recipe.join == JoinRule::Timestamp {
        limits.push(
            "A join that makes far too many rows is foreseen and refused here, but not on the server.".to_owned(),
        );
    }
    if recipe.join == JoinRule::InferredOwner {
        limits.push(
            "Whose device it is is decided on this machine: the instants of all devices and phones come here for that, each once, \
             and take about 40 bytes of memory each. Where that is too much, the job of the kit decides on the cluster. The table \
             `owners` of the run names people."
                .to_owned(),
        );
    }
    if !recipe.withdrawn.is_empty() {
        let entries = thousands(recipe.withdrawn.len() as u64);
        limits.push(format!(
            "The list of who withdrew ({entries} entries) is sent to the server, which may keep it in its logs."
        ));
    }
    if !recipe.withdrawn.is_empty() || !recipe.owners.decisions.is_empty() {
        limits.push(
            "The run folder holds the recipe, which names people: keep it where the landing files may be kept."
                .to_owned(),
        );
    }
    limits
}
