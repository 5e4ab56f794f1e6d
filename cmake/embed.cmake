# The report's scripts and styles live inside the program, so that a report is one file and needs no network.
set(UPLOT_DIR ${CMAKE_SOURCE_DIR}/.deps/uplot)
if(NOT EXISTS ${UPLOT_DIR}/uPlot.iife.min.js)
  message(FATAL_ERROR "uPlot was not found: run ./do setup, which fetches the pinned files into .deps/uplot")
endif()

# plumb_embed(TARGET SYMBOL FILE): FILE's bytes as plumb::report::assets::SYMBOL(), made anew when FILE changes.
function(plumb_embed TARGET SYMBOL FILE)
  set(OUT ${CMAKE_BINARY_DIR}/embedded/${SYMBOL}.cpp)
  add_custom_command(OUTPUT ${OUT}
    COMMAND ${CMAKE_COMMAND} -DIN=${FILE} -DOUT=${OUT} -DSYMBOL=${SYMBOL} -P ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
    DEPENDS ${FILE} ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
    COMMENT "Embedding ${FILE}" VERBATIM)
  target_sources(${TARGET} PRIVATE ${OUT})
endfunction()

plumb_embed(plumb_report uplot_script ${UPLOT_DIR}/uPlot.iife.min.js)
plumb_embed(plumb_report uplot_style ${UPLOT_DIR}/uPlot.min.css)
plumb_embed(plumb_report uplot_licence ${UPLOT_DIR}/LICENSE)
plumb_embed(plumb_report report_script ${CMAKE_SOURCE_DIR}/src/report/assets/report.js)
plumb_embed(plumb_report report_style ${CMAKE_SOURCE_DIR}/src/report/assets/report.css)
