//! Words that find an action in the list of commands and a section in the guide beside their names, in every language of the
//! window: what people call it who do not know its name.

/// Other words for an action, all of them small letters; blank if there are none.
pub fn other_words(id: &str) -> &'static str {
    match id {
        "guide" => "help manual documentation hilfe handbuch",
        "commands" => "search palette keyboard keys shortcuts suchen tastatur kürzel",
        "settings" => "preferences options language theme text size keyboard einstellungen optionen sprache",
        "tour" => "introduction help start einführung hilfe",
        "open-folder" | "open-files" => "load import read own data laden importieren einlesen eigene daten",
        "open-sample" => "load example demo laden beispiel",
        "reload" => "load again refresh update aktualisieren laden",
        "cancel" => "abort interrupt abbrechen",
        "copy-link" | "open-link" => "share url teilen",
        "save-picture" | "save-counts" => "export image chart svg png exportieren grafik bild",
        "undo" => "back zurück revert rückgängig",
        "redo" => "forward again vor",
        "purpose-research" | "purpose-public" | "purpose-friends" => {
            "rule recipe agreed zweck regel rezept einwilligung"
        }
        "consent-date" | "duplicates" => "rule recipe regel rezept",
        "join-timestamp" | "join-owner" | "join-inferred-owner" | "join-nearest" => {
            "rule recipe repair key regel rezept verknüpfung reparieren"
        }
        "recipe-as-specified" => "reset rules default zurücksetzen regeln",
        "save-view" => "export csv parquet table download exportieren tabelle",
        "find" => "search suchen",
        "consent" => "waterfall agreed withdrawn wasserfall zustimmung widerruf",
        "signals" => "plot chart curve reading device motion contaminated diagramm gerät bewegung",
        "review" => {
            "sign off signature checks contaminated foreign joins freigeben freigabe prüfungen fremd verknüpfungen"
        }
        "export" => "export training set write pseudonyms exportieren trainingsdaten pseudonyme",
        "files" => "refused errors sources abgewiesen fehler quellen",
        "sql" => "query abfrage",
        "ask" => "run query execute ausführen",
        "next-failing" => "check error sign off prüfung fehler freigeben",
        "follow-nobody" => "filter reset all alle",
        "reveal" => "unmask names e-mail clear demaskieren klartext namen",
        "mask" => "hide names privacy verbergen namen datenschutz",
        "withdrawals" => "load withdrawn withdrawal delete laden löschen widerruf",
        "beside-before" => "compare two recipes side by side difference vergleichen nebeneinander unterschied",
        "beside-right" | "beside-below" | "beside-window" => {
            "beside second compare split side by side two pages vergleichen teilen nebeneinander zweite"
        }
        "expected" => "load counts compare laden vergleichen",
        "report" => "export html sign off exportieren bericht",
        "kit" => "export glue athena exportieren",
        "run" => "load spark laden",
        "open-recipe" => "load rules laden regeln",
        "language-system" | "language-english" | "language-german" => "language sprache deutsch english englisch",
        "theme-dark" | "theme-light" | "theme-system" => "mode colours colors appearance farben aussehen",
        "text-larger" | "text-smaller" | "zoom-in" | "zoom-out" | "zoom-reset" => "font scale schrift",
        _ => "",
    }
}

/// Other words for what a section of the guide is about, by its anchor; blank if there are none.
pub fn words_for_section(anchor: &str) -> &'static str {
    match anchor {
        "own-files" => "load import read folder format columns laden einlesen ordner spalten",
        "join-story" => "wrong person contaminated leak duplicate owner falsche person verunreinigt doppelt besitzer",
        "masking" => "gdpr privacy anonymous pii password names hide dsgvo datenschutz anonym passwort namen verbergen",
        "taking-along" => "save download share screenshot csv speichern herunterladen teilen",
        "withdrawals" => {
            "gdpr dsgvo erase erasure delete customer person right to be forgotten remove löschen kunde person vergessen"
        }
        "signals-gap" => "gap above threshold break line lücke ab schwelle linie",
        "signals-zoom" => "fit values cursor axis magnitude range scale werte einpassen achse betrag bereich",
        "export-sides" => {
            "seed share stratify startwert anteil leakage contamination train test validation holdout durchsickern"
        }
        "export-pseudonyms" => "k-anonymity anonymous gdpr hash anonym dsgvo",
        "beside" => "compare two side by side split difference vergleichen nebeneinander teilen unterschied",
        "commands" => "shortcut keyboard hotkey mouse arrow cells focus tastatur kürzel maus pfeil zellen fokus",
        "recipe" => "settings options consent withdraw delete duplicate einstellungen einwilligung löschen doppelt",
        "consent-parts" => "dropped lost missing why waterfall verloren fehlt warum wasserfall",
        "signals-parts" => "plot chart curve device diagramm kurve gerät",
        "review-parts" => "approve sign off owner error freigeben unterschrift besitzer fehler",
        "export-parts" => {
            "train test split pseudonym anonymous key leak attack delete remove forget python pandas label load download dataset aufteilung herunterladen schlüssel angriff löschen"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::actions::all;

    #[test]
    fn what_people_look_for_finds_something() {
        let finds = |word: &str| all().filter(|action| other_words(action.id).contains(word)).count();
        for word in [
            "load",
            "compare",
            "vergleichen",
            "sign off",
            "export",
            "language",
            "laden",
            "freigeben",
            "exportieren",
            "sprache",
            "help",
        ] {
            assert!(finds(word) > 0, "{word}");
        }
        for action in all() {
            let words = other_words(action.id);
            assert_eq!(words, words.to_lowercase(), "{}", action.id);
        }
    }
}
