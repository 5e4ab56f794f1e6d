#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/instrument.hpp"

namespace plumb::store {

/// What a tape begins with: enough to read its ids, and whatever the session wants to be started with again.
struct TapeHeader {
    std::string session_json = "{}";      // one JSON object: settings, models, capital
    std::vector<Instrument> instruments;  // in the order of their ids
};

/// What the engine decided at the event just before it on the tape. Steps without effects have none.
struct TapeDecision {
    std::uint64_t digest = 0;  // DecisionDigest::add of the step
    std::string text;          // describe() of the step, cut at kDecisionTextMax
};

using TapeRecord = std::variant<Event, TapeDecision>;

// The format, version 1, all little-endian: "PLUMBTAP", u32 version, u32 size of the header's JSON, the JSON,
// u32 check; then records: u32 size, u32 check, u8 kind (1 event, 2 decision), content. Each check is the
// CRC-32C of everything since the check before it (itself left out) carried on from that check's value, so
// that a record torn, flipped, lost, doubled or moved is found; nothing after the first bad byte is used
// (S02, S03).
inline constexpr std::uint32_t kTapeVersion = 1;
inline constexpr std::size_t kTapeRecordMax = std::size_t{1} << 20;
inline constexpr std::size_t kDecisionTextMax = 4096;

/// Writes all events of a session, in order, with the decisions they led to.
///
/// Buffered: bytes reach the file when the buffer is full or at flush(), the disk at sync(). The tape is
/// evidence, not the truth (the trading record is), so losing its tail costs nothing but insight. After a
/// failed write every later call fails with the same error: a tape never goes on behind a hole.
class TapeWriter {
 public:
    static constexpr std::size_t kBufferBytes = std::size_t{256} << 10;

    /// Makes a new file. Errc::duplicate when the path is taken (a tape is never overwritten),
    /// Errc::disk_full, Errc::io.
    static Result<TapeWriter> create(const std::filesystem::path& path, const TapeHeader& header);

    /// No allocation once the buffer has grown.
    Status append(const Event& event);
    Status append(const TapeDecision& decision);
    Status flush();
    Status sync();

    TapeWriter(TapeWriter&& other) noexcept;
    TapeWriter(const TapeWriter&) = delete;
    TapeWriter& operator=(const TapeWriter&) = delete;
    /// Flushes; an error there has nobody to tell.
    ~TapeWriter();

 private:
    TapeWriter(std::filesystem::path path, int descriptor);
    Status end_record(std::size_t begin);

    std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint32_t check_ = 0;  // of the record before
    std::string buffer_;
    std::optional<Error> broken_;
};

/// Reads a tape from its beginning.
class TapeReader {
 public:
    /// Errc::not_found, Errc::io; Errc::newer_format in words for a version above ours; Errc::corrupt for a
    /// file that is no tape or whose header is damaged.
    static Result<TapeReader> open(const std::filesystem::path& path);

    const TapeHeader& header() const { return header_; }

    /// The next record; nothing at the end. Errc::truncated when the last record is cut off, as a killed
    /// session leaves it; Errc::corrupt at the first bad one. After an error the tape is over: every later
    /// call gives it again.
    Result<std::optional<TapeRecord>> next();

    /// Good records and bytes so far.
    std::uint64_t records() const { return records_; }
    std::uint64_t good_bytes() const { return good_bytes_; }

    TapeReader(TapeReader&& other) noexcept;
    TapeReader(const TapeReader&) = delete;
    TapeReader& operator=(const TapeReader&) = delete;
    ~TapeReader();

 private:
    TapeReader(std::filesystem::path path, int descriptor);
    /// The next `count` bytes; fewer at the end of the file.
    Result<std::string_view> take(std::size_t count);
    Status read_header();
    Result<std::optional<TapeRecord>> read_record();

    std::filesystem::path path_;
    int descriptor_ = -1;
    TapeHeader header_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::uint32_t check_ = 0;
    std::uint64_t records_ = 0;
    std::uint64_t good_bytes_ = 0;
    std::optional<Error> broken_;
};

}  // namespace plumb::store
