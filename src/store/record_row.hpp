#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/units.hpp"
#include "store/record_schema.hpp"
#include "store/sqlite.hpp"

namespace plumb::store {

/// One row of a table on its way to or from SQLite, without its last column, which is the checksum of the
/// others. SQLite has no checksums of its own, so a flipped bit in a price would be believed. Holds its texts
/// in place and is meant to be used again: clear() keeps the memory.
class Row {
 public:
    void clear();
    Row& add(std::int64_t value);
    Row& add(double value);  // NaN becomes null, as SQLite stores it
    Row& add(std::string_view value);
    Row& add(Timestamp value) { return add(to_ns(value)); }
    Row& add(Decimal value);  // exact text
    template <class Unit>
    Row& add(Amount<Unit> value) {
        return add(value.value);
    }
    Row& add_flag(bool value) { return add(std::int64_t{value ? 1 : 0}); }
    Row& add_null();
    /// Null for an empty text: a pair that is none.
    Row& add_name(std::string_view value) { return value.empty() ? add_null() : add(value); }

    int size() const { return size_; }
    /// The first cell: the row's number.
    std::int64_t number() const { return size_ > 0 ? cells_[0].integer : 0; }
    /// Over the table's name and every cell with its kind, so that no row passes for another table's.
    std::uint32_t checksum(const Table& table) const;
    /// Binds the cells and the checksum to parameters 1 to size() + 1; the answer is the checksum. The row
    /// must live until the statement has run.
    std::uint32_t bind(Statement& statement, const Table& table) const;
    /// Reads the columns of the row at hand. Errc::corrupt when the checksum is not that of the cells.
    Status read(const Statement& statement, const Table& table);

 private:
    friend class RowReader;
    struct Cell {
        Statement::Kind kind = Statement::Kind::null;
        std::int64_t integer = 0;
        double real = 0;
        std::uint32_t offset = 0;
        std::uint32_t length = 0;
    };
    static constexpr int kCellsMax = 32;

    Cell& next(Statement::Kind kind);
    std::string_view text_of(const Cell& cell) const {
        return std::string_view{texts_}.substr(cell.offset, cell.length);
    }

    std::array<Cell, kCellsMax> cells_;
    int size_ = 0;
    std::string texts_;
};

/// Takes a row's cells in order. The first cell of a wrong kind or spelling makes all the rest empty and
/// done() fail, so that a decoder is a plain list of fields.
class RowReader {
 public:
    RowReader(const Row& row, const Table& table) : row_{row}, table_{table} {}

    std::int64_t integer();
    double real();  // NaN for null
    std::string_view text();
    std::string_view name();  // empty for null
    bool flag() { return integer() != 0; }
    Timestamp time() { return timestamp_from_ns(integer()); }
    template <class Unsigned>
    Unsigned number() {
        const std::int64_t value = integer();
        if (value < 0 || !std::in_range<Unsigned>(value)) refuse("a number out of range");
        return static_cast<Unsigned>(value);
    }
    Decimal decimal();
    template <class AnAmount>
    AnAmount amount() {
        return AnAmount{decimal()};
    }
    /// A word that `parse` knows.
    template <class Value>
    Value word(Result<Value> (*parse)(std::string_view)) {
        const Result<Value> value = parse(text());
        if (value) return *value;
        refuse("an unknown word");
        return Value{};
    }
    void refuse(const char* what) {
        if (trouble_ == nullptr) trouble_ = what;
    }
    /// Errc::corrupt unless every cell was taken and each was what it should be.
    Status done() const;

 private:
    const Row::Cell* take(Statement::Kind kind);

    const Row& row_;
    const Table& table_;
    int next_ = 0;
    const char* trouble_ = nullptr;
};

}  // namespace plumb::store
