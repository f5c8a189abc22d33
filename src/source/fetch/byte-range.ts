/** Bytes `[start, end)` of the file, `start` < `end`. */
export interface ByteRange {
  start: number;
  end: number;
}
