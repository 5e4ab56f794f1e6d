#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/check.hpp"
#include "store/record_load.hpp"
#include "store/trading_record.hpp"
#include "store/wal_check.hpp"

namespace plumb::store {
namespace {

namespace fs = std::filesystem;

/// Ids index tables; more pairs than this in one session is a mistake.
constexpr std::uint32_t kPairsMax = 1u << 20;

fs::path beside(const fs::path& path, const char* suffix) {
    fs::path other = path;
    other += suffix;
    return other;
}

/// Anything but trouble of the outside means that the file is not what we wrote. It stays as it is.
Error damaged(const fs::path& path, const Error& error) {
    switch (error.code()) {
        case Errc::newer_format:
        case Errc::io:
        case Errc::locked:
        case Errc::disk_full: return error.at(path.string());
        default: break;
    }
    return Error{Errc::corrupt,
                 fmt::format("{}: the trading record is damaged ({}); nothing was changed. Copy it and its "
                             "-wal file aside, compare positions with the venue, and start anew in an "
                             "empty workspace or from a backup",
                             path.string(), error.message())};
}

/// Installs are told apart by 32 random bits: the only number here that no seed decides, drawn once in a
/// record's life.
std::uint32_t draw_install() {
    std::random_device random;
    return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(random()));
}

/// Makes the file complete and in one step, so that no half-made record can ever be met.
Status create_file(const fs::path& path, const SessionHeader& header) {
    Result<Database> database = Database::open({}, Database::Access::in_memory);
    if (!database) return fail(database.error());
    if (Status made = create_schema(*database); !made) return made;
    Row row;
    const auto insert = [&](const Table& table) -> Status {
        Result<Statement> statement = database->prepare(table.insert());
        if (!statement) return fail(statement.error());
        row.bind(*statement, table);
        return statement->run();
    };
    put_meta(row, {.install = draw_install(), .epoch = 0, .header = header});
    if (Status inserted = insert(kMeta); !inserted) return inserted;
    put_progress(row, RecordProgress{});
    if (Status inserted = insert(kProgress); !inserted) return inserted;
    std::string bytes = database->serialize();
    bytes[18] = bytes[19] =
        2;  // file format: "legacy" 1, write-ahead log 2 (sqlite.org/fileformat2.html, 1.3.3)
    return io::replace_file(path, bytes);
}

Status ensure_file(const fs::path& path, const SessionHeader& header) {
    std::error_code error;
    const bool there = fs::exists(path, error);
    if (error) return fail(Errc::io, fmt::format("cannot examine {}: {}", path.string(), error.message()));
    if (there) {
        if (!fs::is_regular_file(path, error)) return fail(Errc::io, path.string() + ": expected a file");
        if (fs::file_size(path, error) == 0) return fail(damaged(path, {Errc::corrupt, "the file is empty"}));
        return {};
    }
    if (fs::exists(beside(path, "-wal"), error)) {
        return fail(damaged(path, {Errc::corrupt, "the file is gone, but its -wal file is there"}));
    }
    return create_file(path, header);
}

Status check_log(const fs::path& path) {
    const Result<std::string> bytes = io::read_file(path);
    if (!bytes) return bytes.error().code() == Errc::not_found ? Status{} : fail(bytes.error());
    return check_wal(*bytes);
}

Status same(const char* what, std::string_view recorded, std::string_view asked) {
    if (recorded == asked) return {};
    return fail(Errc::invalid_argument,
                fmt::format("this workspace's trading record has {} \"{}\", asked was \"{}\": use "
                            "another --workspace",
                            what, recorded, asked));
}

Status check_header(const SessionHeader& recorded, const SessionHeader& asked) {
    if (Status mode = same("mode", recorded.mode, asked.mode); !mode) return mode;
    if (Status venue = same("venue", recorded.venue, asked.venue); !venue) return venue;
    if (Status account = same("account", recorded.account, asked.account); !account) return account;
    // Paper fills are priced from the data source; one position priced by two markets would invent profit.
    return recorded.mode == "paper" ? same("data source", recorded.data_source, asked.data_source) : Status{};
}

bool holds_anything(const PairStatus& status) {
    return status.phase != PairPhase::flat || !status.held[0].is_zero() || !status.held[1].is_zero();
}

}  // namespace

/// The steps of SqliteTradingRecord::open() that need the record's insides.
class RecordOpening {
 public:
    RecordOpening(SqliteTradingRecord& record, LoadedRecord& loaded) : record_{record}, loaded_{loaded} {}

    /// One transaction: the epoch counted up, this session, its instruments and its pairs.
    Status enter(const SessionHeader& header, const InstrumentTable& instruments,
                 std::span<const PairModel> pairs) {
        if (loaded_.meta.epoch == 0xFFFF'FFFF) return fail(Errc::overflow, "the record was opened too often");
        ++loaded_.meta.epoch;
        if (Status begun = record_.database_.execute("BEGIN IMMEDIATE"); !begun) return begun;
        put_meta(row_, loaded_.meta);
        Status entered = write(kMeta.replace(), kMeta);
        if (entered) {
            put_session(row_, {loaded_.meta.install, loaded_.meta.epoch, header});
            entered = write(kSessions.insert(), kSessions);
        }
        if (entered) entered = enter_instruments(instruments);
        if (entered) entered = enter_pairs(instruments, pairs);
        if (entered) {
            put_progress(row_, loaded_.progress);
            entered = write(kProgress.replace(), kProgress);
        }
        return entered ? record_.database_.execute("COMMIT") : entered;
    }

    /// What the engine gets: names joined with the ids of this session.
    RecordedState state(const InstrumentTable& instruments, bool resumed) {
        RecordedState state;
        state.install = loaded_.meta.install;
        state.epoch = loaded_.meta.epoch;
        state.header = loaded_.meta.header;
        state.cursor = loaded_.progress.cursor;
        state.equity_high = loaded_.equity_high;
        state.resumed = resumed;
        const auto instrument = [&](const std::string& name) {
            return instruments.find(name).value_or(InstrumentId{kAbsent});
        };
        for (RecordedOrder& order : loaded_.orders) {
            if (is_final(order.state)) continue;
            order.request.instrument = instrument(order.instrument);
            if (!order.pair.empty()) order.request.pair = pair_id(order.pair);
            state.orders.push_back(std::move(order));
        }
        state.fills = std::move(loaded_.fills);
        for (RecordedFill& fill : state.fills) {
            fill.fill.instrument = instrument(fill.instrument);
            if (!fill.pair.empty()) fill.fill.pair = pair_id(fill.pair);
        }
        state.pairs = std::move(loaded_.pairs);
        for (RecordedPair& pair : state.pairs) {
            pair.status.pair = pair.model.id = pair_id(pair.pair);
            pair.model.legs = {instrument(pair.legs[0]), instrument(pair.legs[1])};
        }
        return state;
    }

    void hand_over(const InstrumentTable& instruments) {
        record_.venue_ = loaded_.meta.header.venue;
        record_.account_ = loaded_.meta.header.account;
        record_.committed_ = record_.working_ = loaded_.progress;
        record_.equity_.rows = loaded_.equity_rows;
        record_.notes_.rows = loaded_.note_rows;
        for (const Instrument& each : instruments.all()) record_.instruments_.push_back(each.name());
    }

 private:
    PairId pair_id(const std::string& name) const {
        const auto found = pair_ids_.find(name);
        return found == pair_ids_.end() ? PairId{kAbsent} : found->second;
    }

    Status write(const std::string& sql, const Table& table) {
        Result<Statement> statement = record_.database_.prepare(sql);
        if (!statement) return fail(statement.error());
        checksum_ = row_.bind(*statement, table);
        return statement->run();
    }

    /// A new grid replaces the old one: it is what the venue accepts now. Fills do not depend on it.
    Status enter_instruments(const InstrumentTable& instruments) {
        std::map<std::string, std::size_t> known;
        for (std::size_t i = 0; i < loaded_.instruments.size(); ++i)
            known.emplace(loaded_.instruments[i].name(), i);
        TableTotal& total = loaded_.progress.instruments;
        for (const Instrument& each : instruments.all()) {
            const auto found = known.find(each.name());
            const bool fresh = found == known.end();
            const std::int64_t sequence =
                fresh ? total.rows + 1 : static_cast<std::int64_t>(found->second) + 1;
            put_instrument(row_, sequence, each);
            if (Status written = write(fresh ? kInstruments.insert() : kInstruments.replace(), kInstruments);
                !written) {
                return written;
            }
            if (!fresh) total.remove(loaded_.instrument_checksums[found->second]);
            total.add(checksum_);
        }
        return {};
    }

    Status enter_pairs(const InstrumentTable& instruments, std::span<const PairModel> pairs) {
        std::map<std::string, std::size_t> known;
        for (std::size_t i = 0; i < loaded_.pairs.size(); ++i) known.emplace(loaded_.pairs[i].pair, i);
        for (const PairModel& model : pairs) {
            if (model.name.empty())
                return fail(Errc::invalid_argument, "expected a name for every pair, found none");
            if (model.id.value >= kPairsMax) return fail(Errc::invalid_argument, "expected dense pair ids");
            if (!pair_ids_.emplace(model.name, model.id).second) {
                return fail(Errc::invalid_argument,
                            "expected each pair once, found " + model.name + " twice");
            }
            const auto found = known.find(model.name);
            if (found == known.end()) {
                loaded_.pairs.push_back(fresh_pair(model, instruments));
                loaded_.pair_checksums.push_back(0);
                if (Status written = enter_pair(loaded_.pairs.size() - 1, true, model.id); !written)
                    return written;
                continue;
            }
            RecordedPair& pair = loaded_.pairs[found->second];
            if (!holds_anything(pair.status)) {
                const PairStatus standing = pair.status;
                pair = fresh_pair(model, instruments);
                pair.status = standing;
            }
            if (Status written = enter_pair(found->second, false, model.id); !written) return written;
        }
        return {};
    }

    static RecordedPair fresh_pair(const PairModel& model, const InstrumentTable& instruments) {
        RecordedPair pair;
        pair.model = model;
        pair.pair = model.name;
        for (std::size_t leg = 0; leg < 2; ++leg) pair.legs[leg] = instruments[model.legs[leg]].name();
        return pair;
    }

    Status enter_pair(std::size_t index, bool fresh, PairId id) {
        const RecordedPair& pair = loaded_.pairs[index];
        const std::int64_t sequence = static_cast<std::int64_t>(index) + 1;
        put_pair(row_, sequence, pair.model, pair.legs, pair.status);
        if (Status written = write(fresh ? kPairs.insert() : kPairs.replace(), kPairs); !written)
            return written;
        TableTotal& total = loaded_.progress.pairs;
        if (!fresh) total.remove(loaded_.pair_checksums[index]);
        total.add(checksum_);
        if (record_.pairs_.size() <= id.value) record_.pairs_.resize(id.value + 1);
        SqliteTradingRecord::PairSlot& slot = record_.pairs_[id.value];
        if (slot.sequence != 0) return fail(Errc::invalid_argument, "expected each pair id once");
        slot = {.sequence = sequence, .model = pair.model, .legs = pair.legs, .checksum = checksum_};
        return {};
    }

    SqliteTradingRecord& record_;
    LoadedRecord& loaded_;
    std::map<std::string, PairId> pair_ids_;
    Row row_;
    std::uint32_t checksum_ = 0;
};

namespace {

/// Only after the file was found sound: settings that may write to it.
Status configure(Database& database, const RecordOptions& options) {
    const Result<std::string> journal = database.answer("PRAGMA journal_mode = WAL");
    if (!journal) return fail(journal.error());
    if (*journal != "wal")
        return fail(Errc::io, "this file system cannot hold a write-ahead log (" + *journal + ")");
    if (options.pages_max != 0) {
        const std::string limit = fmt::format("PRAGMA max_page_count = {}", options.pages_max);
        if (Status set = database.execute(limit.c_str()); !set) return set;
    }
    return database.execute("PRAGMA synchronous = FULL");
}

}  // namespace

Result<SqliteTradingRecord::Opened> SqliteTradingRecord::open(const fs::path& path,
                                                              const SessionHeader& header,
                                                              const InstrumentTable& instruments,
                                                              std::span<const PairModel> pairs,
                                                              const RecordOptions& options) {
    Result<io::FileLock> lock = io::FileLock::acquire(beside(path, ".lock"));
    if (!lock) return fail(lock.error());
    if (Status there = ensure_file(path, header); !there) return fail(there.error());
    // Without a sync per commit a power cut may drop pages of several transactions: then the log is cut
    // there.
    if (options.durability == Durability::power_loss) {
        if (Status log = check_log(beside(path, "-wal")); !log) return fail(damaged(path, log.error()));
    }
    Result<Database> database = Database::open(path, Database::Access::read_write);
    if (!database) return fail(damaged(path, database.error()));
    Result<LoadedRecord> loaded = load_record(*database);
    if (!loaded) return fail(damaged(path, loaded.error()));
    if (Status fits = check_header(loaded->meta.header, header); !fits)
        return fail(fits.error().at(path.string()));
    if (Status set = configure(*database, options); !set) return fail(set.error().at(path.string()));

    std::unique_ptr<SqliteTradingRecord> record{
        new SqliteTradingRecord{std::move(*lock), std::move(*database)}};
    const bool resumed = loaded->meta.epoch > 0;
    RecordOpening opening{*record, *loaded};
    if (Status entered = opening.enter(header, instruments, pairs); !entered) {
        return fail(entered.error().at(path.string()));
    }
    // The epoch goes into the file itself, so that not even a lost -wal file leads to an id used before
    // (E22). A reader may hold that up; the epoch is then as durable as any commit.
    if (Status moved = record->database_.execute("PRAGMA wal_checkpoint(TRUNCATE)"); !moved) {
        return fail(moved.error().at(path.string()));
    }
    if (options.durability == Durability::process_death) {
        if (Status set = record->database_.execute("PRAGMA synchronous = NORMAL"); !set)
            return fail(set.error());
    }
    opening.hand_over(instruments);
    if (Status prepared = record->prepare(); !prepared) return fail(prepared.error().at(path.string()));
    record->database_.checkpoint_on_close(true);
    return Opened{std::move(record), opening.state(instruments, resumed)};
}

}  // namespace plumb::store
