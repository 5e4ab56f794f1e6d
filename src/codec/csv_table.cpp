#include "codec/csv_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace plumb::codec {
namespace {

constexpr std::array<std::string_view, 7> kTimeNames = {"ts",       "timestamp", "open_time", "date",
                                                        "datetime", "time",      "recv_ns"};

std::string lower_case(std::string_view text) {
    std::string lower;
    for (const char c : text) {
        if (c != ' ' && c != '\t') lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return lower;
}

/// Text of strangers, short and without control characters, for one line of output.
std::string shown(std::string_view text) {
    static constexpr std::size_t kShownMax = 40;
    std::string out;
    for (const char c : text.substr(0, kShownMax))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return text.size() > kShownMax ? out + "..." : out;
}

bool is_time_name(std::string_view name) { return std::ranges::find(kTimeNames, name) != kTimeNames.end(); }

}  // namespace

Result<CsvTable> CsvTable::open(std::string_view text, std::string file) {
    CsvTable table{text, std::move(file)};
    const auto header = table.reader_.next();
    if (!header) return fail(Error{header.error()}.at(table.file_));
    if (!header->has_value()) {
        return fail(Errc::empty, table.file_ + ": expected a header row and prices, found an empty file");
    }
    for (const std::string_view name : **header) {
        table.columns_.emplace_back(name);
        table.lower_.push_back(lower_case(name));
    }
    if (parse_number(table.columns_[0])) {
        return fail(Errc::parse,
                    fmt::format("{}: expected a header row such as ts,open,high,low,close,volume, found "
                                "the number {}; put the column names in the first row",
                                table.file_, shown(table.columns_[0])));
    }
    for (std::size_t i = 1; i < table.lower_.size(); ++i) {
        const auto end = table.lower_.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(table.lower_.begin(), end, table.lower_[i]) != end) {
            return fail(Errc::duplicate,
                        fmt::format("{}: expected column names to differ, found \"{}\" twice; rename one",
                                    table.file_, shown(table.columns_[i])));
        }
    }
    return table;
}

CsvKind CsvTable::kind() const {
    const auto has = [this](std::string_view name) { return find(name).has_value(); };
    if (has("bid_open") || has("bid_close") || has("ask_open") || has("ask_close"))
        return CsvKind::quote_bars;
    if ((has("bid") && has("ask")) || has("bid_size") || has("ask_size")) return CsvKind::quotes;
    if (has("price") && (has("size") || has("side"))) return CsvKind::trades;
    // LOW and OPEN are also companies: one such name in a wide file does not make it a file of bars.
    if (has("close") || has("open") + has("high") + has("low") >= 2) return CsvKind::bars;
    const bool timed = std::ranges::any_of(lower_, is_time_name);
    return timed && lower_.size() > 1 ? CsvKind::closes : CsvKind::other;
}

std::optional<std::size_t> CsvTable::find(std::string_view lower_case_name) const {
    const auto at = std::ranges::find(lower_, lower_case_name);
    if (at == lower_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - lower_.begin());
}

Result<std::size_t> CsvTable::need(std::string_view lower_case_name) const {
    if (const auto column = find(lower_case_name)) return *column;
    return fail(Errc::missing_column,
                fmt::format("{}: row 1: expected a column named {}, found {}; add or rename it", file_,
                            lower_case_name, shown(fmt::format("{}", fmt::join(columns_, ",")))));
}

Result<std::size_t> CsvTable::time_column() const {
    const auto named = std::ranges::count_if(lower_, is_time_name);
    if (find("date") && find("time")) {
        return fail(Errc::duplicate,
                    file_ + ": row 1: expected one time column, found date and time apart; join them");
    }
    if (is_time_name(lower_[0])) return std::size_t{0};
    if (named == 1)
        return static_cast<std::size_t>(std::ranges::find_if(lower_, is_time_name) - lower_.begin());
    if (named > 1)
        return fail(Errc::duplicate, file_ + ": row 1: expected one time column, found several; keep one");
    return fail(
        Errc::missing_column,
        fmt::format("{}: row 1: expected a time column named ts, timestamp, date or time, found {}; add it",
                    file_, shown(fmt::format("{}", fmt::join(columns_, ",")))));
}

Status CsvTable::orient(std::size_t time_column) {
    std::array<Timestamp, 2> seen{};
    CsvReader::Place first;
    for (std::size_t i = 0; i < 2; ++i) {
        const Result<bool> more = next();
        if (!more) return fail(more.error());
        if (!*more && i == 0) {
            return fail(Errc::empty, file_ + ": expected prices below the header row, found none");
        }
        if (!*more) break;
        const Result<Timestamp> at = time(time_column);
        if (!at) return fail(at.error());
        if (i == 0) first = reader_.place();
        seen[i] = *at;
        if (i == 1) reversed_ = seen[1] < seen[0];
    }
    reader_.go_to(first);
    if (!reversed_) return {};
    for (;;) {
        const auto record = reader_.next();
        if (!record) return fail(trouble(Errc::parse, 0, record.error().message()));
        if (!record->has_value()) return {};
        backwards_.push_back(reader_.place());
    }
}

Result<bool> CsvTable::step() {
    if (reversed_) {
        if (backwards_.empty()) return false;
        reader_.go_to(backwards_.back());
        backwards_.pop_back();
    }
    const auto record = reader_.next();
    if (!record) {
        return fail(Errc::parse,
                    fmt::format("{}: row {}: {}; correct that row", file_, row(), record.error().message()));
    }
    if (!record->has_value()) return false;
    fields_ = **record;
    return true;
}

Result<bool> CsvTable::next() {
    const Result<bool> more = step();
    if (!more || !*more) return more;
    if (fields_.size() == columns_.size()) return true;
    return fail(
        Errc::length_mismatch,
        fmt::format(
            "{}: row {}: expected {} fields as in the header, found {}; the file may have been cut short",
            file_, row(), columns_.size(), fields_.size()));
}

Result<Timestamp> CsvTable::time(std::size_t column) {
    const Result<Timestamp> at = times_.read(field(column));
    if (!at) return fail(trouble(at.error().code(), column, at.error().message()));
    return at;
}

// No market's price is higher, and no bar's volume; sums over years of bars stay inside the range of exact
// numbers.
constexpr Decimal kPriceMax{1'000'000'000'000};
constexpr Decimal kVolumeMax{10'000'000'000'000'000};

Result<Decimal> CsvTable::price(std::size_t column) const {
    const Result<Decimal> value = parse_number(field(column));
    if (!value) return fail(trouble(value.error().code(), column, value.error().message()));
    if (value->sign() <= 0) return fail(trouble(Errc::non_positive, column, "a price above zero"));
    if (kPriceMax < *value) return fail(trouble(Errc::out_of_range, column, "a price of at most 1e12"));
    return value;
}

Result<Decimal> CsvTable::volume(std::size_t column) const {
    const Result<Decimal> value = parse_number_rounded(field(column));
    if (!value) return fail(trouble(value.error().code(), column, value.error().message()));
    if (value->sign() < 0) return fail(trouble(Errc::out_of_range, column, "zero or more"));
    if (kVolumeMax < *value) return fail(trouble(Errc::out_of_range, column, "a volume of at most 1e16"));
    return value;
}

Error CsvTable::trouble(Errc code, std::size_t column, std::string_view expected) const {
    return Error{code,
                 fmt::format("{}: row {}, column {}: expected {}, found \"{}\"; correct or remove that row",
                             file_, row(), columns_[column], expected, shown(field(column)))};
}

}  // namespace plumb::codec
