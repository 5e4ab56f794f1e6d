#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/instrument.hpp"
#include "io/file.hpp"
#include "ports/trading_record.hpp"
#include "store/record_rows.hpp"
#include "store/sqlite.hpp"

namespace plumb::store {

/// What a commit survives once it has returned.
enum class Durability : unsigned char {
    power_loss,     // synced to the disk by each commit
    process_death,  // handed to the operating system: kill -9 loses nothing, a power cut may lose the last
                    // seconds
};

struct RecordOptions {
    Durability durability = Durability::power_loss;
    std::uint32_t pages_max = 0;  // size limit in pages of 4096 bytes, 0 for none; Errc::disk_full beyond it
};

/// <workspace>/state/trading_record.db, as every command names it.
std::filesystem::path trading_record_path(const std::filesystem::path& workspace);

/// The trading record in one SQLite file (WAL). Tables and guarantees: docs/reference/trading-record.md.
class SqliteTradingRecord final : public TradingRecord {
 public:
    struct Opened {
        std::unique_ptr<TradingRecord> record;
        RecordedState state;
    };

    /// Opens the record or makes a new one, checks all of it, counts the epoch up durably, and brings the
    /// instruments and pairs of this session in. One process at a time: <path>.lock is held while the record
    /// lives (E21).
    ///
    /// Errc::locked when another process has it; Errc::corrupt for a damaged file, which is left exactly as
    /// it was (S04); Errc::newer_format with both versions; Errc::invalid_argument when mode, venue or
    /// account (on paper the data source too) are not those recorded, naming both (S07), or a pair has no
    /// name; Errc::disk_full, Errc::io. Cost: see load_record().
    static Result<Opened> open(const std::filesystem::path& path, const SessionHeader& header,
                               const InstrumentTable& instruments, std::span<const PairModel> pairs,
                               const RecordOptions& options = {});

    ~SqliteTradingRecord() override;

    Status begin() override;
    Status intent(const OrderRequest& order) override;
    Status order(const OrderReport& report) override;
    Status fill(const Fill& fill) override;
    Status pair(const PairStatus& status) override;
    Status round_trip(const PairClosed& closed) override;
    Status equity(const EquityPoint& point) override;
    Status note(Timestamp at, std::string_view kind, std::string_view json) override;
    Status cursor(const Cursor& cursor) override;
    Status commit() override;

 private:
    friend class RecordOpening;
    /// A pair of this session in its row.
    struct PairSlot {
        std::int64_t sequence = 0;  // 0: no pair of this session has the id
        PairModel model;            // as recorded
        std::array<std::string, 2> legs;
        std::uint32_t checksum = 0;
    };
    struct Statements {
        Statement begin, commit, rollback;
        Statement intent, order_state, fill, pair, round_trip, equity, note, progress;
        Statement find_intent, find_fill;
    };

    SqliteTradingRecord(io::FileLock lock, Database database);
    Status prepare();
    Result<const PairSlot*> slot(PairId id) const;
    Result<std::string_view> instrument_name(InstrumentId id) const;
    Result<std::string_view> pair_name(const std::optional<PairId>& id) const;
    Result<bool> append(Statement& insert, const Table& table, TableTotal& total);
    Status write_intent(const OrderRequest& order);
    Status write_order_state(const OrderReport& report);
    Status write_fill(const Fill& fill);
    Status write_pair(const PairStatus& status);
    Status write_round_trip(const PairClosed& closed);
    Status same_intent(const OrderRequest& order, std::string_view instrument, std::string_view pair);
    Status same_fill(const Fill& fill, std::string_view instrument);
    template <class Write>
    Status within(Write write);
    void undo();

    io::FileLock lock_;  // released last
    Database database_;
    Statements statements_;
    std::string venue_;
    std::string account_;
    std::vector<std::string> instruments_;  // by InstrumentId
    std::vector<PairSlot> pairs_;           // by PairId
    RecordProgress committed_;
    RecordProgress working_;
    std::vector<std::pair<std::size_t, std::uint32_t>> pair_checksums_before_;
    TableTotal equity_, notes_;  // only rows is used: the next row's number
    TableTotal equity_committed_, notes_committed_;
    Row row_;
    Status failed_;
    bool active_ = false;   // between begin and commit
    bool changed_ = false;  // something was written since begin
};

}  // namespace plumb::store
