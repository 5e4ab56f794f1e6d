#include "store/record_row.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "store/crc32c.hpp"

namespace plumb::store {
namespace {

using Kind = Statement::Kind;

std::uint32_t crc_of_number(std::uint64_t value, std::uint32_t crc) {
    std::array<char, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((value >> (8 * i)) & 0xff);
    return crc32c({bytes.data(), bytes.size()}, crc);
}

}  // namespace

void Row::clear() {
    size_ = 0;
    texts_.clear();
}

Row::Cell& Row::next(Kind kind) {
    PLUMB_CHECK(size_ < kCellsMax);
    Cell& cell = cells_[static_cast<std::size_t>(size_++)];
    cell = Cell{};
    cell.kind = kind;
    return cell;
}

Row& Row::add(std::int64_t value) {
    next(Kind::integer).integer = value;
    return *this;
}

Row& Row::add(double value) {
    if (std::isnan(value)) return add_null();
    next(Kind::real).real = value == 0 ? 0 : value;  // SQLite keeps no minus zero
    return *this;
}

Row& Row::add(std::string_view value) {
    Cell& cell = next(Kind::text);
    cell.offset = static_cast<std::uint32_t>(texts_.size());
    cell.length = static_cast<std::uint32_t>(value.size());
    texts_ += value;
    return *this;
}

Row& Row::add(Decimal value) {
    std::array<char, Decimal::kTextMax> text;
    const char* end = value.print(text.data());
    return add(std::string_view{text.data(), static_cast<std::size_t>(end - text.data())});
}

Row& Row::add_null() {
    next(Kind::null);
    return *this;
}

std::uint32_t Row::checksum(const Table& table) const {
    std::uint32_t crc = crc32c(table.name);
    for (int i = 0; i < size_; ++i) {
        const Cell& cell = cells_[static_cast<std::size_t>(i)];
        const char kind = static_cast<char>(cell.kind);
        crc = crc32c({&kind, 1}, crc);
        switch (cell.kind) {
            case Kind::null: break;
            case Kind::integer: crc = crc_of_number(static_cast<std::uint64_t>(cell.integer), crc); break;
            case Kind::real: crc = crc_of_number(std::bit_cast<std::uint64_t>(cell.real), crc); break;
            case Kind::text: crc = crc32c(text_of(cell), crc_of_number(cell.length, crc)); break;
        }
    }
    return crc;
}

std::uint32_t Row::bind(Statement& statement, const Table& table) const {
    PLUMB_CHECK(size_ == table.cells());
    for (int i = 0; i < size_; ++i) {
        const Cell& cell = cells_[static_cast<std::size_t>(i)];
        switch (cell.kind) {
            case Kind::null: statement.bind_null(i + 1); break;
            case Kind::integer: statement.bind(i + 1, cell.integer); break;
            case Kind::real: statement.bind(i + 1, cell.real); break;
            case Kind::text: statement.bind(i + 1, text_of(cell)); break;
        }
    }
    const std::uint32_t sum = checksum(table);
    statement.bind(size_ + 1, std::int64_t{sum});
    return sum;
}

Status Row::read(const Statement& statement, const Table& table) {
    clear();
    if (statement.columns() != table.cells() + 1)
        return fail(Errc::corrupt, "a table has other columns than expected");
    for (int i = 0; i + 1 < statement.columns(); ++i) {
        switch (statement.kind(i)) {
            case Kind::null: add_null(); break;
            case Kind::integer: add(statement.integer(i)); break;
            case Kind::real: add(statement.real(i)); break;
            case Kind::text: add(statement.text(i)); break;
        }
    }
    if (statement.integer(size_) == std::int64_t{checksum(table)}) return {};
    return fail(Errc::corrupt, fmt::format("table {}, row {}: the checksum does not fit the contents",
                                           table.name, size_ > 0 ? cells_[0].integer : 0));
}

const Row::Cell* RowReader::take(Kind kind) {
    if (trouble_ != nullptr) return nullptr;
    if (next_ >= row_.size_) {
        refuse("too few columns");
        return nullptr;
    }
    const Row::Cell& cell = row_.cells_[static_cast<std::size_t>(next_++)];
    if (cell.kind == kind) return &cell;
    if (cell.kind != Kind::null) refuse("a value of another kind");
    return nullptr;
}

std::int64_t RowReader::integer() {
    const Row::Cell* cell = take(Kind::integer);
    if (cell == nullptr) refuse("no number");
    return cell == nullptr ? 0 : cell->integer;
}

double RowReader::real() {
    const Row::Cell* cell = take(Kind::real);
    return cell == nullptr ? std::numeric_limits<double>::quiet_NaN() : cell->real;
}

std::string_view RowReader::text() {
    const Row::Cell* cell = take(Kind::text);
    if (cell == nullptr) refuse("no text");
    return cell == nullptr ? std::string_view{} : row_.text_of(*cell);
}

std::string_view RowReader::name() {
    const Row::Cell* cell = take(Kind::text);
    return cell == nullptr ? std::string_view{} : row_.text_of(*cell);
}

Decimal RowReader::decimal() {
    const Result<Decimal> value = Decimal::parse(text());
    if (value) return *value;
    refuse("an amount that is no decimal");
    return Decimal{};
}

Status RowReader::done() const {
    const char* trouble = trouble_ == nullptr && next_ != row_.size_ ? "too many columns" : trouble_;
    if (trouble == nullptr) return {};
    return fail(Errc::corrupt, fmt::format("table {}, column {}: found {}", table_.name, next_, trouble));
}

}  // namespace plumb::store
