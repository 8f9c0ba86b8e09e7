#include "runtime/engine/engine.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/record/task_messages.h"

namespace carillon {

namespace {

constexpr std::size_t kReadPortion = 4096;

JournalPosition next(JournalPosition position) { return JournalPosition(position.value() + 1); }

std::size_t waiting_inputs(const IntakeDepth& depth) {
  return depth.client_records + depth.reserved_records;
}

}  // namespace

Engine::Engine(Parts parts)
    : store_(parts.store),
      intake_(parts.intake),
      operators_(std::move(parts.operators)),
      options_(parts.options),
      state_(parts.store, parts.options.state_cache_bytes),
      context_(state_, parts.zones),
      stamper_(Instant{}) {}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(Parts parts) {
  std::unique_ptr<Engine> engine(new Engine(std::move(parts)));
  engine->opened_.mark = engine->store_.mark();
  engine->stamper_ = Stamper(engine->opened_.mark.last_stamp);
  engine->released_until_ = engine->opened_.mark.last_position;
  if (auto rebuilt = engine->rebuild(); !rebuilt) return fail(std::move(rebuilt.error()));
  engine->opened_.wake_ups = engine->wake_ups_.size();
  return engine;
}

Result<void> Engine::rebuild() {
  const StoreMark mark = store_.mark();
  state_.clear();
  wake_ups_.clear();
  last_position_ = mark.last_position;
  messages_.assign(mark.carried.begin(), mark.carried.end());
  chain_.reset();
  clock_step_ = mark.clock_step;
  return load_wake_ups(mark);
}

Result<void> Engine::load_wake_ups(const StoreMark& mark) {
  // Keys with a record after the clock step began have been told, or began to wait after it.
  std::set<std::pair<OperatorName, Key>> told;
  JournalPosition from = mark.clock_step ? mark.clock_step->since : mark.last_position;
  while (from < mark.last_position) {
    auto records = store_.journal_after(from, kReadPortion);
    if (!records) return fail(std::move(records.error()));
    if (records->empty()) break;
    from = records->back().position;
    for (JournalRecord& record : *records) told.emplace(record.to, std::move(record.key));
  }
  if (mark.clock_step) wake_ups_.owe_notices();
  return store_.scan_wake_ups([&](const WakeUp& wake_up) {
    const bool owed = mark.clock_step && !told.contains({wake_up.op, wake_up.key});
    wake_ups_.load(wake_up, owed ? WakeUpTable::Notice::owed : WakeUpTable::Notice::none);
  });
}

std::optional<Instant> Engine::next_due() const {
  const auto earliest = wake_ups_.earliest();
  return earliest ? std::optional(earliest->at) : std::nullopt;
}

Result<std::size_t> Engine::step(ClockReading reading) {
  if (halted_) return fail(*halted_);
  if (!open_) open_ = std::make_unique<PendingCommit>();
  const std::size_t before = open_->batch.journal.size();
  turn_inputs_left_ = turn_due_left_ = options_.batch.turn;
  observe_clock(reading);
  if (!inputs_ahead_) inputs_ahead_ = waiting_inputs(intake_.depth());
  Result<void> stepped = follow_messages();
  if (stepped) stepped = step_clock_notices();
  if (stepped && *inputs_ahead_ > 0) stepped = step_inputs();
  if (stepped && *inputs_ahead_ == 0) stepped = step_due();
  if (stepped) stepped = step_inputs();
  if (!stepped) {
    halted_ = stepped.error();
    return fail(std::move(stepped.error()));
  }
  return open_->batch.journal.size() - before;
}

void Engine::observe_clock(ClockReading reading) {
  // One step at a time: until every waiting key knows of the last one, stamps hold still.
  const auto step = stamper_.observe(reading, clock_step_ ? OnStepBack::hold : OnStepBack::follow);
  counts_.clock_jumps = stamper_.jumps();
  if (!step) return;
  clock_step_ = ClockStepNotice{.from = step->from, .to = step->to, .since = last_position_};
  wake_ups_.owe_notices();
}

bool Engine::batch_full() const {
  return !messages_.empty() || open_->batch.journal.size() >= options_.batch.records;
}

Result<void> Engine::step_clock_notices() {
  if (!clock_step_) return {};
  for (std::size_t told = 0; told < options_.batch.clock_notices && !batch_full(); ++told) {
    const auto owed = wake_ups_.next_owed();
    if (!owed) {
      clock_step_.reset();
      return {};
    }
    const Key key(owed->key);
    if (auto stepped = notify_clock_step(owed->op, key); !stepped) return stepped;
    if (auto followed = follow_messages(); !followed) return followed;
  }
  return {};
}

Result<void> Engine::notify_clock_step(OperatorName op, std::string_view key) {
  wake_ups_.settle_notice(op, key);
  counts_.clock_notices += 1;
  return step_record(
      {.to = op,
       .key = Key(key),
       .type = RecordType::clock_stepped,
       .payload = to_wire(ClockStepped{.from = clock_step_->from, .to = clock_step_->to})});
}

Result<void> Engine::tell_if_owed(OperatorName op, std::string_view key) {
  if (!clock_step_ || !wake_ups_.owes_notice(op, key)) return {};
  return notify_clock_step(op, key);
}

Result<void> Engine::step_due() {
  while (use_.due < options_.batch.due && turn_due_left_ > 0 && !batch_full()) {
    const auto earliest = wake_ups_.earliest();
    if (!earliest || earliest->at > stamper_.due_until()) return {};
    const OperatorName op = earliest->op;
    const Instant at = earliest->at;
    Key key(earliest->key);
    Result<void> stepped;
    if (clock_step_ && wake_ups_.owes_notice(op, key)) {
      // The key may want to wait longer once it knows, so the wake-up is looked at again.
      stepped = notify_clock_step(op, key);
    } else {
      use_.due += 1;
      turn_due_left_ -= 1;
      counts_.due += 1;
      wake_ups_.set(op, key, std::nullopt);
      const Due due{.at = at, .clock_stepped = stamper_.jumped_forward()};
      stepped = step_record(
          {.to = op, .key = std::move(key), .type = RecordType::due, .payload = to_wire(due)});
    }
    if (stepped) stepped = follow_messages();
    if (!stepped) return stepped;
  }
  return {};
}

Result<void> Engine::step_inputs() {
  const BatchLimits& limits = options_.batch;
  while (!batch_full() && turn_inputs_left_ > 0 && use_.inputs < limits.inputs &&
         use_.input_bytes < limits.input_bytes) {
    if (drained_.empty()) {
      std::vector<EngineInput> inputs;
      intake_.drain(limits.inputs - use_.inputs, limits.input_bytes - use_.input_bytes, inputs);
      for (EngineInput& input : inputs) drained_.push_back(std::move(input));
    }
    if (drained_.empty()) return {};
    EngineInput input = std::move(drained_.front());
    drained_.pop_front();
    if (auto stepped = step_input(std::move(input)); !stepped) return stepped;
  }
  return {};
}

Result<void> Engine::step_input(EngineInput input) {
  if (*inputs_ahead_ > 0) *inputs_ahead_ -= 1;
  use_.inputs += 1;
  turn_inputs_left_ -= 1;
  use_.input_bytes += input.bytes();
  auto told = tell_if_owed(input.to, input.key);
  chain_ = Chain{};
  chain_->input.completion = std::move(input.completion);
  chain_->input.input_class = input.input_class;
  chain_->input.journal_index = open_->batch.journal.size();
  chain_->answered.position = next(last_position_);
  // A failed notice voids the batch; the input must lie in it to be completed with the others.
  auto stepped = step_record({.to = input.to,
                              .key = std::move(input.key),
                              .type = input.type,
                              .payload = std::move(input.payload)});
  if (!told) return told;
  return stepped ? follow_messages() : stepped;
}

Result<void> Engine::follow_messages() {
  while (!messages_.empty() && open_->batch.journal.size() < options_.batch.records) {
    CarriedMessage message = std::move(messages_.front());
    messages_.pop_front();
    counts_.derived += 1;
    auto stepped = tell_if_owed(message.to, message.key);
    if (stepped) {
      stepped = step_record({.to = message.to,
                             .key = std::move(message.key),
                             .type = message.type,
                             .derived = true,
                             .payload = std::move(message.payload)});
    }
    if (!stepped) return stepped;
  }
  if (messages_.empty()) settle_chain();
  return {};
}

void Engine::settle_chain() {
  if (!chain_) return;
  Chain& chain = *chain_;
  // A later record of the chain that failed is no answer as long as the first one was answered.
  if (chain.error && (chain.own_record_failed || chain.answered.answers.empty())) {
    chain.input.outcome = fail(std::move(*chain.error));
  } else {
    chain.input.outcome = std::move(chain.answered);
  }
  open_->settled.push_back(std::move(chain.input));
  chain_.reset();
}

Result<void> Engine::step_record(JournalRecord record) {
  last_position_ = next(last_position_);
  record.position = last_position_;
  record.at = stamper_.now();
  counts_.records += 1;
  const JournalRecord& kept = open_->batch.journal.emplace_back(std::move(record));
  Result<void> done = run_operator(kept);
  if (context_.read_error()) return fail(*context_.read_error());
  if (done) {
    keep_step(kept);
  } else {
    discard_step(kept, std::move(done.error()));
  }
  return {};
}

Result<void> Engine::run_operator(const JournalRecord& record) {
  context_.begin(record.to, record.key, record.at);
  const auto index = static_cast<std::size_t>(record.to);
  if (index >= operators_.size() || !operators_[index]) {
    return fail(ErrorCode::corrupt, fmt::format("There is no operator number {}.", index));
  }
  std::array<char, 20> id{};
  const auto end = std::to_chars(id.data(), id.data() + id.size(), record.position.value()).ptr;
  return operators_[index]->on_record(
      context_, Record{.type = record.type, .id = {id.data(), end}, .payload = record.payload});
}

void Engine::keep_step(const JournalRecord& record) {
  state_.keep_step();
  for (StepContext::Fact& fact : context_.facts()) {
    last_position_ = next(last_position_);
    const FactRecord& kept =
        open_->batch.facts.emplace_back(FactRecord{.position = last_position_,
                                                   .cause = record.position,
                                                   .at = record.at,
                                                   .topic = fact.topic,
                                                   .type = fact.type,
                                                   .entity = std::move(fact.entity),
                                                   .payload = std::move(fact.payload)});
    counts_.facts += 1;
    if (chain_ && kept.topic == Topic::task_responses) chain_->answered.answers.push_back(kept);
  }
  for (CarriedMessage& message : context_.messages()) messages_.push_back(std::move(message));
  if (const auto& asked = context_.wake_up()) wake_ups_.set(record.to, record.key, *asked);
}

void Engine::discard_step(const JournalRecord& record, Error error) {
  state_.undo_step();
  counts_.dead_letters += 1;
  open_->batch.dead_letters.push_back(
      {.record = record,
       .reason = fmt::format("{}: {}", error_info(error.code).word, error.message)});
  if (!chain_) return;
  if (record.position == chain_->answered.position) chain_->own_record_failed = true;
  if (!chain_->error) chain_->error = std::move(error);
}

std::unique_ptr<PendingCommit> Engine::seal() {
  CARILLON_CHECK(batches_out_ < 2 && !halted_);
  if (!open_ || open_->batch.journal.empty()) return nullptr;
  EngineBatch& batch = open_->batch;
  carry_chain();
  batch.state = state_.seal();
  batch.wake_ups = wake_ups_.take_changes();
  batch.last_position = last_position_;
  batch.last_stamp = stamper_.now();
  batch.carried.assign(messages_.begin(), messages_.end());
  batch.clock_step = clock_step_;
  use_ = {};
  batches_out_ += 1;
  return std::exchange(open_, nullptr);
}

void Engine::carry_chain() {
  if (!chain_ || chain_->carried) return;
  chain_->carried = true;
  if (chain_->input.input_class != InputClass::kept) return;
  const JournalRecord& record = open_->batch.journal[chain_->input.journal_index];
  chain_->input.repeat = std::make_unique<EngineInput>(EngineInput{.to = record.to,
                                                                   .type = record.type,
                                                                   .input_class = InputClass::kept,
                                                                   .key = record.key,
                                                                   .payload = record.payload,
                                                                   .completion = {}});
}

void Engine::on_committed(JournalPosition last_position) {
  CARILLON_CHECK(batches_out_ > 0);
  state_.commit_oldest();
  released_until_ = last_position;
  batches_out_ -= 1;
  counts_.batches += 1;
}

}  // namespace carillon
