#include "app/bench/allocation_count.hpp"

#include <cstdlib>
#include <new>

// The program's own operator new: malloc, as the library's, and one addition to a counter of the thread,
// about a nanosecond in an allocation of twenty. It lives in the program that ships so that what is counted
// is what runs.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PLUMB_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PLUMB_COUNTS_ALLOCATIONS 0
#else
#define PLUMB_COUNTS_ALLOCATIONS 1
#endif
#else
#define PLUMB_COUNTS_ALLOCATIONS 1
#endif

namespace {

thread_local std::uint64_t allocations = 0;

}  // namespace

#if PLUMB_COUNTS_ALLOCATIONS
// The library's other forms (arrays, nothrow) call these.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto step = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace plumb::app::bench {

std::uint64_t allocations_of_this_thread() { return allocations; }
bool allocations_are_counted() { return PLUMB_COUNTS_ALLOCATIONS == 1; }

}  // namespace plumb::app::bench
