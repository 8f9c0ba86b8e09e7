// Records and facts as JSON and back: for exports of the journal, replays, and readers of the
// topics.
//
// A line of an exported journal holds everything that a replay needs:
//   {"position":12,"at":"…","operator":"TaskScheduler","key":"…","type":"CreateTask",
//    "derived":false,"payload":{…}}
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/wire.h"
#include "domain/record/envelope.h"
#include "ports/engine_store.h"

namespace carillon {

// The key in the form people read: a task's id, a queue's name, a workflow run's id.
std::string key_text(OperatorName op, std::string_view key);
Result<Key> key_from_text(OperatorName op, std::string_view text);

// The payload as a JSON object.
//
// Errors  corrupt, newer_version  the bytes are not those of the type
Result<std::string> record_payload_json(RecordType type, std::string_view payload);
Result<std::string> fact_payload_json(FactType type, std::string_view payload);

// One line of an exported journal, without a line end.
Result<std::string> journal_line(const JournalRecord& record);

// Errors  malformed_json, invalid_value, unknown_field  the message says what and where
Result<JournalRecord> read_journal_line(std::string_view line);

// A fact as readers of its topic see it: a CloudEvents 1.0 envelope around the payload.
Result<std::string> fact_event_json(const FactRecord& fact);

}  // namespace carillon
