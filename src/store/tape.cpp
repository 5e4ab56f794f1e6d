#include "store/tape.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/check.hpp"
#include "io/file.hpp"
#include "store/crc32c.hpp"
#include "store/tape_codec.hpp"

namespace plumb::store {
namespace {

constexpr std::string_view kMagic = "PLUMBTAP";
constexpr std::size_t kHeaderMax = std::size_t{16} << 20;
constexpr std::uint8_t kEvent = 1;
constexpr std::uint8_t kDecision = 2;
constexpr std::size_t kRecordHead = 8;  // size and check
constexpr std::size_t kReadBytes = std::size_t{1} << 20;

std::string header_json(const TapeHeader& header) {
    nlohmann::json json;
    json["session"] = nlohmann::json::parse(header.session_json, nullptr, false);
    json["instruments"] = nlohmann::json::array();
    for (const Instrument& one : header.instruments) {
        json["instruments"].push_back({{"base", one.base},
                                       {"quote", one.quote},
                                       {"tick", one.tick.to_string()},
                                       {"lot", one.lot.to_string()},
                                       {"quantity_min", one.quantity_min.to_string()},
                                       {"notional_min", one.notional_min.to_string()},
                                       {"can_short", one.can_short}});
    }
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Decimal decimal_at(const nlohmann::json& json, const char* key) {
    return Decimal::parse(json.at(key).get<std::string>()).value();
}

/// nlohmann throws on a missing key; the header has passed its check, so that is a writer's mistake, not
/// damage.
std::optional<TapeHeader> parse_header(std::string_view text) {
    try {
        const nlohmann::json json = nlohmann::json::parse(text);
        TapeHeader header;
        header.session_json = json.at("session").dump();
        for (const nlohmann::json& each : json.at("instruments")) {
            Instrument one;
            one.id.value = static_cast<std::uint32_t>(header.instruments.size());
            one.base = each.at("base").get<std::string>();
            one.quote = each.at("quote").get<std::string>();
            one.tick = Price{decimal_at(each, "tick")};
            one.lot = Quantity{decimal_at(each, "lot")};
            one.quantity_min = Quantity{decimal_at(each, "quantity_min")};
            one.notional_min = Money{decimal_at(each, "notional_min")};
            one.can_short = each.at("can_short").get<bool>();
            header.instruments.push_back(std::move(one));
        }
        return header;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

void put_u32(std::string& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
}

}  // namespace

// Writing.

TapeWriter::TapeWriter(std::filesystem::path path, int descriptor)
    : path_{std::move(path)}, descriptor_{descriptor} {
    buffer_.reserve(kBufferBytes + 2 * kDecisionTextMax);
}

TapeWriter::TapeWriter(TapeWriter&& other) noexcept
    : path_{std::move(other.path_)},
      descriptor_{std::exchange(other.descriptor_, -1)},
      check_{other.check_},
      buffer_{std::move(other.buffer_)},
      broken_{std::move(other.broken_)} {}

TapeWriter::~TapeWriter() {
    if (descriptor_ < 0) return;
    static_cast<void>(flush());
    ::close(descriptor_);
}

Result<TapeWriter> TapeWriter::create(const std::filesystem::path& path, const TapeHeader& header) {
    if (!nlohmann::json::accept(header.session_json))
        return fail(Errc::invalid_argument, "expected the tape's session to be JSON");
    const std::string json = header_json(header);
    if (kHeaderMax < json.size()) return fail(Errc::out_of_range, "the tape's header is longer than 16 MiB");
    std::error_code ignored;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0 && errno == EEXIST)
        return fail(Errc::duplicate,
                    fmt::format("{} is there already; a tape is never overwritten", path.string()));
    if (descriptor < 0) return fail(io::error_from_errno("cannot create", path));
    TapeWriter tape{path, descriptor};
    tape.buffer_ += kMagic;
    ByteWriter out{tape.buffer_};
    out.u32(kTapeVersion);
    out.u32(static_cast<std::uint32_t>(json.size()));
    tape.buffer_ += json;
    tape.check_ = crc32c(tape.buffer_);
    out.u32(tape.check_);
    if (Status status = tape.flush(); !status) return fail(status.error());
    return tape;
}

Status TapeWriter::append(const Event& event) {
    if (broken_) return fail(*broken_);
    const std::size_t begin = buffer_.size();
    buffer_.append(kRecordHead, '\0');
    ByteWriter out{buffer_};
    out.u8(kEvent);
    write_event(out, event);
    return end_record(begin);
}

Status TapeWriter::append(const TapeDecision& decision) {
    if (broken_) return fail(*broken_);
    const std::size_t begin = buffer_.size();
    buffer_.append(kRecordHead, '\0');
    ByteWriter out{buffer_};
    out.u8(kDecision);
    out.u64(decision.digest);
    buffer_.append(decision.text, 0, kDecisionTextMax);
    return end_record(begin);
}

Status TapeWriter::end_record(std::size_t begin) {
    const std::string_view content = std::string_view{buffer_}.substr(begin + kRecordHead);
    put_u32(buffer_, begin, static_cast<std::uint32_t>(content.size()));
    const std::uint32_t of_size = crc32c(std::string_view{buffer_}.substr(begin, 4), check_);
    check_ = crc32c(content, of_size);
    put_u32(buffer_, begin + 4, check_);
    return buffer_.size() < kBufferBytes ? Status{} : flush();
}

Status TapeWriter::flush() {
    if (broken_) return fail(*broken_);
    std::string_view left = buffer_;
    while (!left.empty()) {
        const ssize_t written = ::write(descriptor_, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            broken_ = io::error_from_errno("cannot write the tape", path_);
            buffer_.clear();
            return fail(*broken_);
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
    return {};
}

Status TapeWriter::sync() {
    if (Status status = flush(); !status) return status;
    if (::fdatasync(descriptor_) == 0) return {};
    broken_ = io::error_from_errno("cannot sync the tape", path_);
    return fail(*broken_);
}

// Reading.

TapeReader::TapeReader(std::filesystem::path path, int descriptor)
    : path_{std::move(path)}, descriptor_{descriptor} {}

TapeReader::TapeReader(TapeReader&& other) noexcept
    : path_{std::move(other.path_)},
      descriptor_{std::exchange(other.descriptor_, -1)},
      header_{std::move(other.header_)},
      buffer_{std::move(other.buffer_)},
      begin_{other.begin_},
      check_{other.check_},
      records_{other.records_},
      good_bytes_{other.good_bytes_},
      broken_{std::move(other.broken_)} {}

TapeReader::~TapeReader() {
    if (0 <= descriptor_) ::close(descriptor_);
}

Result<TapeReader> TapeReader::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail(io::error_from_errno("cannot open", path));
    TapeReader tape{path, descriptor};
    if (Status status = tape.read_header(); !status) return fail(status.error());
    return tape;
}

Result<std::string_view> TapeReader::take(std::size_t count) {
    if (buffer_.size() - begin_ < count) {
        buffer_.erase(0, begin_);
        begin_ = 0;
        while (buffer_.size() < count) {
            const std::size_t had = buffer_.size();
            buffer_.resize(had + std::max(kReadBytes, count - had));
            const ssize_t got = ::read(descriptor_, buffer_.data() + had, buffer_.size() - had);
            const int problem = errno;
            buffer_.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
            errno = problem;
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return fail(io::error_from_errno("cannot read", path_));
            if (got == 0) break;
        }
    }
    const std::string_view found = std::string_view{buffer_}.substr(begin_, count);
    begin_ += found.size();
    return found;
}

Status TapeReader::read_header() {
    const auto no_tape = [&](const char* why) {
        return fail(Errc::corrupt, fmt::format("{}: {}", path_.string(), why));
    };
    const Result<std::string_view> head = take(kMagic.size() + 8);
    if (!head) return fail(head.error());
    if (head->size() < kMagic.size() + 8 || !head->starts_with(kMagic))
        return no_tape("expected a tape of plumb");
    std::uint32_t check = crc32c(*head);
    ByteReader in{head->substr(kMagic.size())};
    const std::uint32_t version = in.u32(), size = in.u32();
    if (kTapeVersion < version)
        return fail(Errc::newer_format,
                    fmt::format("{}: the tape has format {}, this program reads up to {}; use a newer one",
                                path_.string(), version, kTapeVersion));
    if (version == 0 || kHeaderMax < size) return no_tape("the tape's header is damaged");
    const Result<std::string_view> rest = take(size + std::size_t{4});
    if (!rest) return fail(rest.error());
    if (rest->size() < size + std::size_t{4}) return no_tape("the tape's header is cut off");
    check = crc32c(rest->substr(0, size), check);
    ByteReader tail{rest->substr(size)};
    if (tail.u32() != check) return no_tape("the tape's header is damaged");
    std::optional<TapeHeader> header = parse_header(rest->substr(0, size));
    if (!header) return no_tape("the tape's header lacks a key");
    header_ = std::move(*header);
    check_ = check;
    good_bytes_ = kMagic.size() + 8 + size + 4;
    return {};
}

Result<std::optional<TapeRecord>> TapeReader::next() {
    if (broken_) return fail(*broken_);
    Result<std::optional<TapeRecord>> record = read_record();
    if (!record) broken_ = record.error();
    return record;
}

Result<std::optional<TapeRecord>> TapeReader::read_record() {
    const auto bad = [&](Errc code, const char* why) {
        return fail(code, fmt::format("{}: {} after {} good records ({} bytes)", path_.string(), why,
                                      records_, good_bytes_));
    };
    const Result<std::string_view> head = take(kRecordHead);
    if (!head) return fail(head.error());
    if (head->empty()) return std::nullopt;
    if (head->size() < kRecordHead) return bad(Errc::truncated, "the tape is cut off");
    ByteReader in{*head};
    const std::uint32_t size = in.u32(), check = in.u32();
    if (size == 0 || kTapeRecordMax < size) return bad(Errc::corrupt, "the tape is damaged");
    const std::uint32_t of_size = crc32c(head->substr(0, 4), check_);
    const Result<std::string_view> content = take(size);
    if (!content) return fail(content.error());
    if (content->size() < size) return bad(Errc::truncated, "the tape is cut off");
    if (crc32c(*content, of_size) != check) return bad(Errc::corrupt, "the tape is damaged");
    TapeRecord record;
    const std::uint8_t kind = static_cast<std::uint8_t>(content->front());
    const std::string_view body = content->substr(1);
    if (kind == kEvent) {
        std::optional<Event> event = read_event(body);
        if (!event) return bad(Errc::corrupt, "the tape holds an event that this program cannot read");
        record = std::move(*event);
    } else if (kind == kDecision && 8 <= body.size()) {
        ByteReader digest{body};
        record = TapeDecision{digest.u64(), std::string{body.substr(8)}};
    } else {
        return bad(Errc::corrupt, "the tape holds a record that this program cannot read");
    }
    check_ = check;
    ++records_;
    good_bytes_ += kRecordHead + size;
    return record;
}

}  // namespace plumb::store
