// Loaded into the chaincode process before its program: the channel to the engine closes when the engine ends, however it ends,
// and a chaincode that outlived its engine would keep the port from the next one.
process.on('disconnect', () => {
  process.exit(0);
});
