//! What each check says of itself: what it is about, a title, what it looks at, why it matters, what to do, and its
//! weight.

use super::check::{About, CheckGroup as Group, CheckId as Id, CheckRule, Severity};

const NOT_FILTERED: &str = "Do not use the tables: the consent was not filtered as the recipe says.";
const NOT_IN_TRUSTED: &str = "Whoever did not agree must not be in a trusted table.";
const DROP: &str = "Drop duplicates in the recipe if they are deliveries of the same reading.";
const COMPLETE: &str = "Ask for the records to be completed.";
const SEE_DEVICES: &str = "Look at these devices in the signals.";
const SEE_USERS: &str = "Look at these users in the signals.";
const COMPARE_CLOCKS: &str = "Look at some of them in the signals, and compare the clocks of device and phone.";
const CLOCKS_DIFFER: &str = "They add nothing to the training data. Without their motions before consent, as the recipe may say, distances stand alone; else \
     many of them mean clocks that differ.";
const SET_RANGE: &str = "Look at these rows, and set the threshold to the range of the sensor.";
const BACKWARDS: &str =
    "Time that goes backwards within a stream means a clock that was set, or files that are out of order.";
const NOTHING: &str = "Nothing if deliveries are not in order of time; no table depends on the order.";

/// What a check is about.
pub(super) fn group(check: Id) -> Group {
    match check {
        Id::RecordsReconciled
        | Id::StagesReconciled
        | Id::RecordsRefused
        | Id::FilesUnread
        | Id::RecountCustomerTrusted
        | Id::RecountAccelerometerTrusted
        | Id::RecountStepTrainerTrusted
        | Id::RecountCustomerCurated
        | Id::RecountMachineLearning
        | Id::ExpectedCounts => Group::Reconciliation,
        Id::EmailsUnique | Id::SerialNumbersUnique | Id::SerialNumbersPresent | Id::ValuesPresent => Group::Keys,
        Id::MotionsWithoutCustomer
        | Id::CustomersWithoutMotions
        | Id::DistancesWithoutCustomer
        | Id::CustomersWithoutDistances
        | Id::DistancesWithoutMotion
        | Id::MotionsWithoutDistance
        | Id::FanOut
        | Id::ForeignPairs
        | Id::UnknownOwnerPairs => Group::Joins,
        Id::ConsentOfCustomers
        | Id::ConsentOfMotions
        | Id::ConsentOfDistances
        | Id::ConsentOfPairedMotions
        | Id::ConsentOfPairedDistances
        | Id::ConsentOfSharedDevices
        | Id::ConsentBeforeReading
        | Id::WithdrawnGone
        | Id::ConsentBeforeRegistration
        | Id::ConsentInFuture => Group::Consent,
        Id::DuplicateCustomers
        | Id::DuplicateMotions
        | Id::DuplicateDistances
        | Id::ContradictingDistances
        | Id::MotionsAtOneInstant
        | Id::FilesTwice
        | Id::TablesDoubled => Group::Duplicates,
        Id::UnitsMixed
        | Id::MotionsBeforeRegistration
        | Id::DistancesBeforeRegistration
        | Id::MotionsOutsideSession
        | Id::DistancesOutsideSession
        | Id::MotionsBackwards
        | Id::DistancesBackwards
        | Id::StreamsApart => Group::Time,
        Id::MotionsStuck
        | Id::DistancesStuck
        | Id::MotionsOutOfRange
        | Id::DistancesOutOfRange
        | Id::DistancesNegative
        | Id::ValuesNotFinite => Group::Values,
        Id::UnknownKeys | Id::ColumnsNull | Id::ColumnsConstant => Group::Schema,
    }
}

/// What a check says of itself.
pub(super) fn about(check: Id) -> About {
    match check {
        Id::RecordsReconciled => fail(
            "Records in = read + refused",
            "Records that are neither among the rows that were read nor among those that were refused.",
            "A record that is nowhere was lost without a reason.",
            "Read the source again; if it stays, this program is wrong and its tables cannot be trusted.",
        )
        .always(),
        Id::StagesReconciled => fail(
            "Rows in = kept + dropped",
            "Tables whose steps do not add up to the rows that they have.",
            "A row that a step neither kept nor dropped for a reason was lost or made up.",
            "Make the tables again; if it stays, this program is wrong and its tables cannot be trusted.",
        )
        .always(),
        Id::RecordsRefused => warn(
            "Refused records",
            "Records that could not be read.",
            "What cannot be read is missing from every table.",
            "Look at the reasons in the list of refused records, and ask for another delivery of those files.",
        )
        .always(),
        Id::FilesUnread => warn(
            "Files not read, or doubtful",
            "Remarks on files and data sets: missing, empty, of another kind, in another's folder, not read to \
             their end.",
            "A file that was not read is missing from every table.",
            "Look at the remarks on the files page, and repair or remove those files.",
        )
        .always(),
        Id::RecountCustomerTrusted => recount("customer_trusted, recounted").always(),
        Id::RecountAccelerometerTrusted => recount("accelerometer_trusted, recounted").always(),
        Id::RecountStepTrainerTrusted => recount("step_trainer_trusted, recounted").always(),
        Id::RecountCustomerCurated => recount("customer_curated, recounted").always(),
        Id::RecountMachineLearning => recount("machine_learning_curated, recounted").always(),
        Id::EmailsUnique => warn(
            "E-mail addresses on several records",
            "E-mail addresses that stand on more than one customer record.",
            "Readings are matched by the e-mail address; with several records it is not known which consent counts.",
            "Drop duplicates if the records are equal; otherwise ask which record is right.",
        ),
        Id::SerialNumbersUnique => warn(
            "Serial numbers of several customers",
            "Serial numbers that stand on the records of more than one customer.",
            "Whose distances a shared device sent cannot be told from the records.",
            "Repair the customer records, or go by what the readings say: join on the inferred owner.",
        ),
        Id::SerialNumbersPresent => warn(
            "Customers without a serial number",
            "Customer records without a serial number.",
            "Their distances cannot be found, so they are missing from the training data.",
            COMPLETE,
        ),
        Id::ValuesPresent => warn(
            "Customer records with gaps",
            "Customer records that lack a name, phone, birthday, registration date or date of the last update.",
            "Checks that compare with a missing date pass over the record.",
            "Ask for the records to be completed if the dates are needed.",
        ),
        Id::MotionsWithoutCustomer => warn(
            "Motions of unknown users",
            "Accelerometer readings whose user is on no customer record.",
            "Without a record there is no consent, so they are left out.",
            "Ask whether customer records are missing, or their e-mail addresses are spelled in another way.",
        ),
        Id::CustomersWithoutMotions => warn(
            "Customers without motions",
            "Customer records whose e-mail address no accelerometer reading has.",
            "They are in no curated table.",
            "Ask whether readings are missing, or e-mail addresses are spelled in another way.",
        ),
        Id::DistancesWithoutCustomer => warn(
            "Distances of unknown devices",
            "Distance readings whose serial number is on no customer record.",
            "Without an owner there is no consent, so they are left out.",
            "Ask whether customer records are missing or have the wrong serial numbers, or join on the inferred owner.",
        ),
        Id::CustomersWithoutDistances => warn(
            "Customers without distances",
            "Customer records with a serial number that no distance reading has.",
            "They add nothing to the training data.",
            "Ask whether readings are missing, or the records have the wrong serial numbers.",
        ),
        Id::DistancesWithoutMotion => warn(
            "Distances without a motion",
            "Rows of step_trainer_trusted that are in no row of the machine-learning table.",
            CLOCKS_DIFFER,
            COMPARE_CLOCKS,
        ),
        Id::MotionsWithoutDistance => warn(
            "Motions without a distance",
            "Rows of accelerometer_trusted that are in no row of the machine-learning table.",
            CLOCKS_DIFFER,
            COMPARE_CLOCKS,
        ),
        Id::FanOut => warn(
            "Most motions of one distance",
            "The most rows of the machine-learning table that one distance reading became.",
            "A key that is not one multiplies rows: the same distance counts many times.",
            "Join on time stamp and owner, and look for readings that were delivered several times.",
        )
        .up_to(12),
        Id::ForeignPairs => fail(
            "Foreign motions",
            "Foreign rows of the machine-learning table: they pair a device's distance with the motion of a customer who does \
             not own it, by the serial numbers on the customer records.",
            "A step detector that learns from them takes one person's distance for another person's motion, only because both moved at the same instant.",
            "Join on time stamp and owner; that removes them.",
        ),
        Id::UnknownOwnerPairs => fail(
            "Nobody's device",
            "Rows of the machine-learning table whose device's serial number is on no customer record.",
            "Nothing says whose distance it is, nor that its owner agreed.",
            "Leave devices without an owner out, or complete the customer records.",
        ),
        Id::ConsentOfCustomers => fail(
            "Customers agreed",
            "Rows of customer_trusted without a consent for the purpose, or with one after the recipe's instant.",
            NOT_IN_TRUSTED,
            NOT_FILTERED,
        ),
        Id::ConsentOfMotions => fail(
            "Users of trusted motions agreed",
            "Rows of accelerometer_trusted whose user has no consent for the purpose on any customer record.",
            NOT_IN_TRUSTED,
            NOT_FILTERED,
        ),
        Id::ConsentOfDistances => fail(
            "Owners of trusted distances agreed",
            "Rows of step_trainer_trusted whose serial number is on no record of a customer who agreed.",
            NOT_IN_TRUSTED,
            NOT_FILTERED,
        ),
        Id::ConsentOfPairedMotions => fail(
            "Whoever moved agreed",
            "Rows of the machine-learning table whose user has no consent for the purpose on any customer record.",
            "Whoever did not agree must not be in the training data.",
            NOT_FILTERED,
        ),
        Id::ConsentOfPairedDistances => fail(
            "Whoever stepped agreed",
            "Rows of the machine-learning table whose device is on no record of a customer who agreed.",
            "Whoever did not agree must not be in the training data.",
            NOT_FILTERED,
        ),
        Id::ConsentOfSharedDevices => fail(
            "Devices shared with somebody who did not agree",
            "Rows of the machine-learning table whose device's serial number is also on the record of a customer \
             without consent.",
            "The distance may be that of the one who did not agree.",
            "Repair the serial numbers on the customer records, or leave these devices out.",
        ),
        Id::ConsentBeforeReading => fail(
            "Rows before consent",
            "Rows of the machine-learning table from before the consent of the motion's user or of the device's \
             customers.",
            "Where the recipe asks for the consent date, what was recorded before it may not be used; where it \
             does not, this only warns.",
            "Ask for the consent date in the recipe: “Only motions after consent”, or --consent-date; and join on time stamp and owner.",
        ),
        Id::WithdrawnGone => fail(
            "Whoever withdrew is gone",
            "Rows of any derived table that are of somebody who withdrew, or of a device that they have or share.",
            "Whoever withdrew must be in no table.",
            "Do not use the tables: withdrawals were not carried out.",
        )
        .always(),
        Id::ConsentBeforeRegistration => warn(
            "Consent before registration",
            "Customer records whose consent is older than their registration.",
            "Nobody can agree before being a customer; one of the dates is wrong.",
            "Ask which date is right.",
        ),
        Id::ConsentInFuture => warn(
            "Consent in the future",
            "Customer records whose consent is later than the latest reading and the latest registration that \
             landed; no clock is asked, so that the same files give the same figure.",
            "A date that is wrong may stand for a consent that was never given.",
            "Ask for these dates, or set the day up to which consents count.",
        ),
        Id::DuplicateCustomers => warn(
            "Customer records twice",
            "Customer records that equal an earlier one in every column.",
            "Joins on them multiply rows.",
            "Drop duplicates in the recipe if they are deliveries of the same record.",
        ),
        Id::DuplicateMotions => warn(
            "Motions twice",
            "Accelerometer readings that equal an earlier one in every column.",
            "The same motion counts several times in the training data.",
            DROP,
        ),
        Id::DuplicateDistances => warn(
            "Distances twice",
            "Distance readings that equal an earlier one in every column.",
            "The same distance counts several times in the training data.",
            DROP,
        ),
        Id::ContradictingDistances => warn(
            "Two distances at one instant",
            "Distance readings of a device at an instant at which it sent another distance as well.",
            "One of them is wrong, or two devices have one serial number.",
            SEE_DEVICES,
        ),
        Id::MotionsAtOneInstant => warn(
            "Most motions at one instant",
            "The most accelerometer readings that one user has at one instant.",
            "More than a phone can take at once means that readings were delivered several times, or that several \
             people have one address.",
            "Look at these users in the signals, and drop duplicates in the recipe.",
        )
        .up_to(8),
        Id::FilesTwice => fail(
            "Files delivered twice",
            "Files of the same content as an earlier one, by SHA-256; where the recipe drops duplicates this only \
             warns.",
            "Everything in them counts twice.",
            "Remove the second file, or drop duplicates in the recipe.",
        )
        .always(),
        Id::TablesDoubled => fail(
            "Tables that are there twice",
            "Tables in which every row is there at least twice.",
            "A job that ran twice into the same place doubles all figures and no share, so nothing else shows it.",
            "Remove what the second run delivered, or drop duplicates in the recipe.",
        )
        .always(),
        Id::UnitsMixed => fail(
            "Units of time mixed",
            "Instants that look like seconds or microseconds where milliseconds belong, read or refused as out of \
             range.",
            "An instant in another unit is decades away from its reading's consent and partners.",
            "Ask for another delivery; instants are not converted here.",
        ),
        Id::MotionsBeforeRegistration => warn(
            "Motions before registration",
            "Accelerometer readings from before the first registration of their user.",
            "Before they were a customer the phone may have been with somebody else.",
            "Turn on “Only motions after consent” if they should not count: it keeps them out of the trusted tables. Those that landed stay in this figure.",
        ),
        Id::DistancesBeforeRegistration => warn(
            "Distances before registration",
            "Distance readings from before the first registration of a customer with that serial number.",
            "Before they were a customer the device may have been with somebody else.",
            "Turn on “Only motions after consent” if they should not count: it keeps them out of the trusted tables. Those that landed stay in this figure.",
        ),
        Id::MotionsOutsideSession => warn(
            "Longest pause between motions",
            "The longest pause, in seconds, between two accelerometer readings of one user; behind it are the \
             readings outside of the largest part.",
            "Readings far from all others are often from a wrong clock.",
            SEE_USERS,
        )
        .up_to(600),
        Id::DistancesOutsideSession => warn(
            "Longest pause between distances",
            "The longest pause, in seconds, between two distance readings of one device; behind it are the \
             readings outside of the largest part.",
            "Readings far from all others are often from a wrong clock, or the device has another owner.",
            SEE_DEVICES,
        )
        .up_to(600),
        Id::MotionsBackwards => warn(
            "Motions out of order in time",
            "Accelerometer readings that come in the files after a later one of the same user.",
            BACKWARDS,
            NOTHING,
        ),
        Id::DistancesBackwards => warn(
            "Distances out of order in time",
            "Distance readings that come in the files after a later one of the same device.",
            BACKWARDS,
            NOTHING,
        ),
        Id::StreamsApart => warn(
            "Device and phone never together",
            "Devices whose distances have no time in common with the motions of any customer with that serial number.",
            "The device is somebody else's, or one of the clocks is wrong.",
            SEE_DEVICES,
        ),
        Id::MotionsStuck => warn(
            "Longest run of equal motions",
            "The most accelerometer readings of one user in a row, by time, that are equal in x, y and z.",
            "A sensor that is stuck or constant sends no motion.",
            SEE_USERS,
        )
        .up_to(10),
        Id::DistancesStuck => warn(
            "Longest run of equal distances",
            "The most distance readings of one device in a row, by time, that are equal.",
            "A sensor that is stuck or constant sends no distance.",
            SEE_DEVICES,
        )
        .up_to(10),
        Id::MotionsOutOfRange => warn(
            "Largest acceleration",
            "The largest value of x, y or z in either direction, rounded up.",
            "No phone measures more than its range; the feed does not name its unit.",
            SET_RANGE,
        )
        .up_to(16),
        Id::DistancesOutOfRange => warn(
            "Largest distance",
            "The largest distance.",
            "No step is so far from the sensor; the feed does not name its unit.",
            SET_RANGE,
        )
        .up_to(10000),
        Id::DistancesNegative => warn(
            "Negative distances",
            "Distance readings below zero.",
            "There is no such distance: the sensor or the transfer failed.",
            SEE_DEVICES,
        ),
        Id::ValuesNotFinite => fail(
            "Values that are no number",
            "Readings with a value that is infinite or not a number: those that were refused for it, and any in \
             the tables.",
            "One of them makes every sum that a training takes useless.",
            "Ask for another delivery of the files that have them.",
        )
        .always(),
        Id::UnknownKeys => warn(
            "Unknown keys",
            "Different keys in the records that no data set has.",
            "A key that was renamed is read as missing.",
            "Look at the keys on the files page.",
        )
        .always(),
        Id::ColumnsNull => warn(
            "Columns without a value",
            "Columns of the landing tables that are null in every row.",
            "A key that was renamed or left out is missing from every record.",
            "Ask whether the key is called otherwise now.",
        ),
        Id::ColumnsConstant => warn(
            "Columns with one value",
            "Columns of the landing tables that have the same value in every row.",
            "A value that never changes carries nothing, and may be a stand-in.",
            "Ask whether it is meant so.",
        ),
        Id::ExpectedCounts => fail(
            "Expected counts",
            "Tables that have another number of rows than is expected. The check is in the list only where counts \
             are given.",
            "Another system that made other tables of the same files worked by other rules.",
            "Look at what the count doctor says: count --expected, or the consent page.",
        )
        .always(),
    }
}

/// A check whose figure should be 0, or else nothing leaves.
fn fail(title: &'static str, looks_at: &'static str, why: &'static str, todo: &'static str) -> About {
    let rule = CheckRule { severity: Severity::Fail, threshold: 0 };
    About { title, looks_at, why, todo, rule, is_rule_of_thumb: false, is_always_computed: false }
}

/// A check whose figure should be 0, or else it is an oddity.
fn warn(title: &'static str, looks_at: &'static str, why: &'static str, todo: &'static str) -> About {
    let about = fail(title, looks_at, why, todo);
    About { rule: CheckRule { severity: Severity::Warn, ..about.rule }, ..about }
}

/// A derived table, made a second time.
fn recount(title: &'static str) -> About {
    fail(
        title,
        "Rows of the table that a second count from the landing records does not have, and rows that only that has.",
        "The two counts share no code, so a filter that was left out or a wrong column shows here.",
        "Do not use the tables: the rules that made them are not those of the recipe.",
    )
}

impl About {
    /// With a rule of thumb for a threshold.
    fn up_to(self, threshold: u64) -> Self {
        Self { rule: CheckRule { threshold, ..self.rule }, is_rule_of_thumb: true, ..self }
    }

    /// With a figure whatever landed.
    fn always(self) -> Self {
        Self { is_always_computed: true, ..self }
    }
}
